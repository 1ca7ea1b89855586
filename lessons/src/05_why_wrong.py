# ---
# jupyter:
#   edukit:
#     minutes: 50
#     art: dolphin thinking_face wrench
#     title:
#       zh: 为什么会认错？
#       en: Why is it wrong?
#     chapter:
#       zh: 训练与理解
#       en: Train and understand
#     summary:
#       zh: 读混淆矩阵，看错得最自信的图片，找出是什么误导了它；让它在没把握时说“不知道”。
#       en: Read a confusion matrix, look at the surest mistakes, find what misled the network, and let it say “I don't know”.
#     steps:
#       - {name: train, minutes: 5, zh: 请一个会犯错的同学, en: Someone who makes mistakes}
#       - {name: evaluate, minutes: 15, zh: 为什么错, en: Why is it wrong}
#       - {name: threshold, minutes: 10, zh: 门槛放在哪里, en: Where to put the threshold}
#     needs: {dataset: emoji, lesson: 04_first_classifier, artefacts: [checkpoint, int8]}
#     train: {backbone: LeNet, epochs: 20, lr: null}
#     leaves: [checkpoint]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 在 [[04_first_classifier]] 里，LeNet 认对了三分之二。剩下的三分之一呢？分数只告诉你错了多少，不告诉你**错在哪里、为什么错**。这一课当一回侦探。
#
# **学完这一课，你能够**：
#
# 1. 读懂混淆矩阵，算出精确率和召回率；
# 2. 从认错的图片里找线索，一次只改一样东西，查出是什么误导了网络；
# 3. 给网络定一个“不知道”的门槛，并说出要付什么代价。
#
# **需要**：这台电脑就够了，前面的课没做也可以。**你会做出**：一份“错误调查报告”，和一个知道自己不知道的模型。

# %% [markdown] tags=["en"]
# # [[title]]
#
# In [[04_first_classifier]], LeNet got two thirds of the pictures right. What about the other third? A score says how much is wrong, but not **where and why**. In this lesson you are the detective.
#
# **After this lesson you can:**
#
# 1. read a confusion matrix, and work out precision and recall from it;
# 2. find clues in the wrong pictures and, by changing one thing at a time, discover what misled the network;
# 3. give the network a threshold for “I don't know”, and say what that costs.
#
# **You need:** this computer; the earlier lessons are not required. **You make:** a report on the mistakes, and a model that knows when it does not know.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 一台看烟雾的摄像头，准确率 98%，听起来不错。可要是它**从来不报警**，准确率也有 98%，因为 100 张图片里本来就只有 2 张有烟。
#
# 只看总分，就像只看成绩单，不看卷子。看卷子，才知道该补什么课。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# A camera that watches for smoke is right 98% of the time. That sounds good. Yet a camera that **never raises the alarm** is right 98% of the time too, if only 2 pictures in 100 show smoke.
#
# Looking at the score alone is like reading a school report without the exam paper. The paper shows what to practise.

# %% [raw] tags=["guess"]
# name: how_sure
# question:
#   zh: 网络也会有答错、却特别肯定的时候。在它最自信的那个错误里，它有多少把握？
#   en: A network can be wrong and very sure of itself. In its surest mistake, how sure will it be?
# choices:
# - {value: 30, zh: 大约 30%：它会犹豫, en: "about 30%: it will hesitate"}
# - {value: 60, zh: 大约 60%, en: "about 60%"}
# - {value: 90, zh: 大约 90%：错得理直气壮, en: "about 90%: wrong, and proud of it"}
# later:
#   zh: 你的猜测已经记下来了。找出错误以后，我们再来看。
#   en: Your guess is kept. We come back to it when the mistakes are found.
# measured: surest_mistake
# close_to: 15
# close:
#   zh: 你猜大约 {guess}%，它在最自信的错误里有 {measured}% 的把握。猜得真准！
#   en: You guessed about {guess}%; in its surest mistake it was {measured}% sure. Well guessed!
# apart:
#   zh: 你猜大约 {guess}%，它在最自信的错误里有 {measured}% 的把握。和你想的一样吗？
#   en: "You guessed about {guess}%; in its surest mistake it was {measured}% sure. Did that surprise you?"

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 要研究错误，得先有一个会犯错的网络。训练一个小小的 **LeNet**：轮数 **20**，学习率**自动**。它只要十秒左右。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# To study mistakes you need a network that makes some. Train a small **LeNet**: **20** epochs, the learning rate **automatic**. It takes about ten seconds.

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="LeNet", epochs=20)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：验证准确率在 67% 到 69% 左右。39 张验证图片里，有十几张认错了。

# %% [markdown] tags=["en"]
# **You should see:** a validation accuracy of about 67% to 69%. A dozen or so of the 39 validation pictures are wrong.

# %% [markdown] tags=["zh"]
# ## [[evaluate]]
#
# **第一条线索：混淆矩阵。** 每一行是真实的类别，每一列是网络的答案。对角线（蓝色）是认对的，别的（橙色）是认错的。
#
# - **召回率**看一行：真的是动物的图片里，找到了多少？
# - **精确率**看一列：它说是动物的图片里，真的是动物的有多少？
#
# 按下“找出错误”，再点一点矩阵里的数字，看看那一格里是哪些图片。

# %% [markdown] tags=["en"]
# ## [[evaluate]]
#
# **The first clue: the confusion matrix.** A row is the true class, a column the network's answer. The diagonal (blue) is right, everything else (orange) is wrong.
#
# - **Recall** reads along a row: of the real animals, how many were found?
# - **Precision** reads down a column: of all its answers “animal”, how many really are animals?
#
# Press “Find the mistakes”, then click the numbers in the matrix to see the pictures of that cell.

# %% tags=["code"]
result = ek.evaluate(trained, dataset, split="validation", reasons=6, report=lesson.folder / "why.html")
result

# %% tags=["view"]
lesson.view("evaluate")

# %% [markdown] tags=["zh"]
# **你应该看到**：表情 6 张全对，交通工具 6 张也全对；建筑 4 张**一张都没认出来**，多半被当成了交通工具。
#
# 再算一算：交通工具的召回率是 6/6。可是它一共说了大约 10 次“交通工具”，所以精确率只有 6/10 左右。**找得全，不等于说得准。**
#
# **第二条线索：最自信的错误。** 排在最前面的，三次训练都是**海豚**：认成了工具。点它下面的“看仔细”：
#
# - 暖色的地方支持它的答案，这叫**热力图**（Grad-CAM）；
# - 旁边是训练图片里，网络觉得最像的三张。
#
# 海豚旁边，可能是锤子和扳手，也可能是望远镜、小刀，甚至一只灰色的贵宾犬：都是白底上灰灰蓝蓝的东西。北极熊旁边是针筒。你觉得网络在看什么？
#
# <details><summary>答案</summary>
#
# 在看颜色，不在看形状。灰色、白色、发亮的，多半是工具；五颜六色、四四方方的，多半是交通工具。夜里的城市就这样成了汽车。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** all 6 faces and all 6 vehicles are right; of the 4 buildings **not one** is recognised, and most of them are taken for vehicles.
#
# Work it out: the recall of vehicles is 6 of 6. But the network said “vehicle” about 10 times, so the precision is only some 6 in 10. **Finding them all is not the same as being right.**
#
# **The second clue: the surest mistakes.** At the top, in all three of our trainings, stands the **dolphin**, taken for a tool. Press “Look closer” below it:
#
# - warm places spoke for the answer; this is a **heat map** (Grad-CAM);
# - beside it are the three training pictures that are most alike in the network's eyes.
#
# Beside the dolphin stand a hammer and a wrench, or a telescope and a knife, or even a grey poodle: grey-blue things on white. Beside the polar bear is a syringe. What do you think the network looks at?
#
# <details><summary>Answer</summary>
#
# At colours, not at shapes. Grey, white and shiny is most likely a tool; colourful and square is most likely a vehicle. So a city at night becomes a car.
#
# </details>

# %% [markdown] tags=["zh"]
# **第三步：做实验。** 有了猜想，就要验证：**一次只改一样东西**。东西不变，只换背景（在上面的“为什么错”里按“换个背景试试”）：

# %% [markdown] tags=["en"]
# **The third step: an experiment.** A suspicion must be tested, by **changing one thing at a time**. The same things, only with another background (press “Try other backgrounds” in the view above):

# %% tags=["code"]
from edukit.evaluation import BACKGROUNDS, probe

probe(trained, dataset, BACKGROUNDS)

# %% [markdown] tags=["zh"]
# | 背景 | 白（原样） | 黑 | 红 | 杂点 | 条纹 |
# |---|---|---|---|---|---|
# | LeNet 认对（共 39 张） | 26–27 | 11–12 | 11–16 | 12–18 | 13–19 |
# | 预训练的模型 | 36 | 30 | 29 | 33 | 33 |
#
# 海豚还是海豚，只换了背景，LeNet 就有一半认不出了：背景也成了它的依据。预训练的模型见过一百多万张照片，稳得多，但也不是不受影响。

# %% [markdown] tags=["en"]
# | Background | white (as is) | black | red | noise | stripes |
# |---|---|---|---|---|---|
# | LeNet, right of 39 | 26–27 | 11–12 | 11–16 | 12–18 | 13–19 |
# | the pretrained model | 36 | 30 | 29 | 33 | 33 |
#
# A dolphin is still a dolphin, yet on another background LeNet loses about half of what it knew: the background was part of its evidence. The pretrained model has seen over a million photos and is much steadier, though not untouched.

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明看着混淆矩阵说：“表情 6 张全对，100%！表情这一类没问题了。”
#
# 训练集里的表情，几乎都是**黄色**的。把这 6 张脸换成别的肤色，别的都不变（按“换个肤色试试”）：

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom looks at the matrix: “All 6 faces right. 100%! Nothing to do about faces.”
#
# The faces that it learnt from are nearly all **yellow**. Now the same 6 faces get another skin tone, and nothing else is changed (press “Try other skin tones”):

# %% tags=["code", "mistake"]
from edukit.evaluation import SKIN_TONES

probe(trained, dataset, SKIN_TONES, label="face")

# %% [markdown] tags=["zh"]
# | 肤色 | 黄（原样） | 浅 | 中浅 | 中 | 中深 | 深 |
# |---|---|---|---|---|---|---|
# | LeNet 认对（共 6 张） | 6 | 0 | 0 | 0 | 0 | 0 |
#
# **一张都认不出来了。** 它学会的不是“脸”，是“黄”。真的人脸识别系统也出过这样的事：训练图片里哪种肤色少，哪种肤色就容易认错，而总分上看不出来。100% 只说明：**和训练图片相像的**，它都会。要知道别的会不会，就得收集别的图片来考它。

# %% [markdown] tags=["en"]
# | Skin tone | yellow (as is) | light | medium-light | medium | medium-dark | dark |
# |---|---|---|---|---|---|---|
# | LeNet, right of 6 | 6 | 0 | 0 | 0 | 0 | 0 |
#
# **Not one is recognised.** It had learnt “yellow”, not “face”. The same has happened to real face recognition: people whose skin tone was rare in the training pictures were recognised worse, and the total score did not show it. 100% means only that it knows what **looks like its training pictures**. To know about others, collect others and test on them.

# %% [markdown] tags=["zh"]
# ## [[threshold]]
#
# 网络每次都会给一个得分。得分低，就让它说“不知道”，好不好？先玩一玩：下面有 200 张图片的得分，拖动黑线，完成四个挑战。先猜一猜：门槛往左移，漏掉的会变多还是变少？误报呢？

# %% [markdown] tags=["en"]
# ## [[threshold]]
#
# Each answer comes with a score. Should the network say “I don't know” where it is low? Play first: below are the scores of 200 pictures. Drag the black line and solve the four challenges. Guess before you move it: when the line goes left, will more be missed, or fewer? And the false alarms?

# %% tags=["view"]
lesson.view("threshold")

# %% [markdown] tags=["zh"]
# **你应该看到**：门槛往左，漏掉的少了，误报多了；往右正好相反。**没有免费的午餐**：看烟雾的，宁可误报也不能漏；自动删垃圾邮件的，宁可漏也不能误删。最后一个挑战就是开头那台从不报警的摄像头。
#
# 现在回到[[evaluate]]，拖动“不知道”的门槛，用在**你自己的**网络上。图上的橙点会动：越往左，回答得越少，一般也越准。下面的蓝条告诉你，它的得分能不能当真：蓝条到虚线，就是**有多肯定就有多准**，这叫**校准**。

# %% [markdown] tags=["en"]
# **You should see:** with the line further left, less is missed and there are more false alarms; to the right it is the other way round. **There is no free lunch:** a smoke alarm should rather cry wolf than miss a fire; a spam filter should rather miss some spam than delete a letter. The last challenge is the camera from the beginning, which never raises the alarm.
#
# Now go back to [[evaluate]] and move the threshold for “I don't know”, on **your own** network. The orange dot in the chart moves: the further left, the fewer answers, and usually the better ones. The blue bars tell whether its scores can be trusted: bars that reach the dashed line belong to a network that is **as sure as it is right**. That is called **calibrated**.

# %% tags=["code"]
from edukit.evaluation import at_threshold

at_threshold(result, 0.6)

# %% [markdown] tags=["zh"]
# ## 练习
#
# 给你的网络选一个门槛，用**验证集**选：回答的图片里，至少 80% 是对的；回答的至少占全部的 20%。在[[evaluate]]里拖动滑块，或者在笔记本里写代码。选好以后，滑块就停在那里。

# %% [markdown] tags=["en"]
# ## Exercise
#
# Choose a threshold for your network, with the **validation** pictures: at least 80% of its answers should be right, and it should still answer at least 20% of the pictures. Move the slider in [[evaluate]], or write code in the notebook. Leave the slider where you want it.

# %% tags=["zh", "exercise"]
# 把 None 换成一个 0 到 1 之间的数
mine = None

# %% tags=["en", "exercise"]
# Replace None by a number between 0 and 1
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    print(at_threshold(result, mine))
    assert at_threshold(result, mine).coverage >= 0.2, "回答得太少了：门槛降低一点"
    assert at_threshold(result, mine).accuracy >= 0.8, "错的还太多：门槛升高一点"

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    print(at_threshold(result, mine))
    assert at_threshold(result, mine).coverage >= 0.2, "it answers too little: lower the threshold"
    assert at_threshold(result, mine).accuracy >= 0.8, "too many answers are wrong: raise the threshold"

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
from edukit.evaluation import threshold_for

dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="LeNet", epochs=20)
result = ek.evaluate(trained, dataset.validation)
threshold_for(result, 0.8)

# %% [markdown] tags=["zh", "solution"]
# 三个随机种子，最低的合适门槛在 0.38 到 0.63 之间：回答五成到八成，其中八成是对的。换一个种子，门槛就不一样，所以要用自己的验证集来选。

# %% [markdown] tags=["en", "solution"]
# With three random seeds the lowest fitting threshold lies between 0.38 and 0.63: five to eight in ten pictures are answered, eight in ten of them rightly. Another seed asks for another threshold, so choose with your own validation pictures.

# %% [markdown] tags=["zh"]
# ## 考试，自己检查
#
# 门槛选好了，**测试集**才出场。下面检查的是**你自己的**网络和**你在滑块上选的**门槛，每一条都可能不通过。验证集只有 39 张，在上面刚好够的门槛，到了测试集可能就不够了。

# %% [markdown] tags=["en"]
# ## The exam: check yourself
#
# Only now that the threshold is chosen do the **test pictures** come out. This looks at **your own** network, with **the threshold on your slider**. Every line can fail: there are only 39 validation pictures, and a threshold that just suits them may not suit the test.

# %% tags=["code"]
model = lesson.find("checkpoint")
at_threshold(ek.evaluate(model, dataset.test), 0.6)

# %% [raw] tags=["check"]
# checks:
# - {check: trained}
# - {check: threshold_pays, at_least: 0.7, answered: 0.15, model: checkpoint}
# passed:
#   zh: 全部通过：你的网络知道自己什么时候不知道！
#   en: "All passed: your network knows when it does not know!"
# failed:
#   zh: 还没有全部通过。回到“为什么错”，在验证集上重新选门槛，再来检查。
#   en: Not all passed. Go back to the mistakes, choose the threshold anew with the validation pictures, then check again.

# %% [markdown] tags=["zh"]
# **换一位画家。** 同样的 91 个表情符号，由另外两家公司来画。三次训练里，LeNet 在自家的测试图片上对 54%–63%，在 Twemoji 上 52%–60%，在立体的 Fluent 上只有 37%–54%；预训练的模型是 89%、90% 和 79%。这叫**域偏移**：考场换了，成绩就变了。在[[evaluate]]里按“换一位画家试试”，就能看到你的模型的成绩表。

# %% [markdown] tags=["en"]
# **Another artist.** The same 91 emoji, drawn by two other companies. In our three trainings LeNet has 54%–63% on its own test pictures, 52%–60% on Twemoji, and only 37%–54% on Fluent, which looks solid. The pretrained model has 89%, 90% and 79%. This is **domain shift**: another examination room, another mark. “Try other artists” in [[evaluate]] shows the table for your own models.

# %% tags=["code"]
{name: round(ek.evaluate(model, name).top1, 2) for name in ("emoji", "emoji-twemoji", "emoji-fluent")}

# %% [raw] tags=["quiz"]
# - question:
#     zh: 有 10 张猫，网络找到了 8 张；它一共说了 16 次“猫”。猫的召回率和精确率是多少？
#     en: There are 10 cats, and the network finds 8 of them; it says “cat” 16 times in all. What are recall and precision of cats?
#   choices:
#   - zh: 召回率 80%，精确率 50%
#     en: "recall 80%, precision 50%"
#     right: true
#     why:
#       zh: 对！10 张找到 8 张；说了 16 次，8 次说对。
#       en: "Right! It finds 8 of 10, and 8 of its 16 answers are right."
#   - zh: 召回率 50%，精确率 80%
#     en: "recall 50%, precision 80%"
#     why:
#       zh: 反了。召回率的分母是真的猫，精确率的分母是它说的“猫”。
#       en: The other way round. Recall is of the real cats, precision of its answers.
#   - zh: 都是 80%
#     en: "80% each"
#     why:
#       zh: 16 次里有 8 次不是猫，精确率到不了 80%。
#       en: Eight of its 16 answers were no cats, so precision is lower.
# - question:
#     zh: 看烟雾的摄像头，有烟一定不能漏。门槛应该怎么放？
#     en: A smoke camera must not miss any smoke. Where should its threshold be?
#   choices:
#   - zh: 放低一些，误报多一点也可以
#     en: "Low, at the price of some false alarms"
#     right: true
#     why:
#       zh: 对！漏掉的代价比误报大得多。
#       en: "Right! Missing a fire costs far more than a false alarm."
#   - zh: 放高一些，让它只在很肯定时报警
#     en: "High, so that it rings only when it is sure"
#     why:
#       zh: 那样误报是少了，有烟的也会漏掉。
#       en: There would be fewer false alarms, and smoke would be missed.
#   - zh: 哪里准确率最高，就放在哪里
#     en: "Where the accuracy is highest"
#     why:
#       zh: 有烟的图片很少，从不报警的准确率就很高。
#       en: Smoke is rare, so never ringing already gives a high accuracy.
# - question:
#     zh: 黄色的脸 6 张全对，换了肤色一张也不对。最应该做什么？
#     en: All 6 yellow faces are right, and none with another skin tone. What should be done?
#   choices:
#   - zh: 再多训练 100 轮
#     en: Train 100 epochs more
#     why:
#       zh: 图片里没有的东西，看多少遍也学不会。
#       en: What is not in the pictures cannot be learnt by looking more often.
#   - zh: 收集各种肤色的脸，用来训练，也用来考
#     en: Collect faces of all skin tones, to learn from and to test on
#     right: true
#     why:
#       zh: 对！训练和考试都要像真实的世界。
#       en: "Right! Both the lessons and the exam should look like the world."
#   - zh: 没关系，总分没有变
#     en: "Nothing: the score stays the same"
#     why:
#       zh: 总分没变，是因为考卷里也没有这样的图片。
#       en: It stays the same because the exam has no such pictures either.

# %% tags=["view"]
lesson.view("recall", "how_sure")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 混淆矩阵里，**召回率**看一行，找到了多少；**精确率**看一列，说对了多少；
# - 先看最自信的错误，看热力图，看最像谁；有了猜想，**一次只改一样**来验证；
# - 门槛让网络说“不知道”：错的少了，回答的也少了。门槛用验证集选，考试只考一次。
#
# 你的调查报告和模型都保存在这台电脑上；按“保存成网页”，就能打印出来。想一想：怎样才能让网络看形状，而不是只看颜色？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - In a confusion matrix, **recall** reads along a row (how many were found), **precision** down a column (how many answers are right).
# - Look first at the surest mistakes, at the heat map, at what they are like. A suspicion is tested by changing **one thing at a time**.
# - A threshold lets the network say “I don't know”: fewer mistakes, and fewer answers. Choose it with validation pictures; the exam comes once.
#
# Your report and your model are saved on this computer; “Save as a page” gives you one to print. Think about it: how could a network learn to look at shapes, and not at colours alone?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。训练只要十秒左右，时间用来看图片、说理由。
#
# - **引入（4 分钟）**：在黑板上写“100 张图片，2 张有烟”，请同学设计一个准确率 98% 的“摄像头”。最懒的办法就是从不报警。
# - **请一个会犯错的同学**：为什么偏偏用 LeNet？因为它错得多，线索多。
# - **为什么错**：两人一组，一人点格子，一人说猜想，写在纸上：“我猜它在看……，因为……”。再看热力图和最像的图片，看看猜想站不站得住。
# - **一个常见的错误**：先遮住表格，请大家举手猜：换了肤色，6 张还能认对几张？
# - **门槛放在哪里**：四个挑战分给四个组，每组说一个“宁可……也不……”的例子。
# - **练习**：每人的网络不同，门槛也不同，可以把大家的门槛画成一张图。
#
# ## 会看到什么数字
#
# 在一台两核的电脑上，三个随机种子（0、1、2），LeNet 训练 20 轮：
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 验证集 | 39 张对 26–27 张，95% 置信区间 51%–81% |
# | 混淆矩阵 | 表情 6/6，交通工具 6/6，建筑 0/4（3–4 张认成交通工具），动物 4–7/9（认成工具） |
# | 最自信的错误 | 海豚→工具，把握 59%–93%；北极熊→工具，50%–77%；城市→交通工具，46%–70% |
# | 校准 | 平均把握 49%–66%，校准误差 17–21 个百分点；温度 0.5–0.9（它太谦虚） |
# | 门槛 0.6 | 验证集回答 9–24 张，对 75%–100%；测试集回答 19–45 张，对 78%–89% |
# | 测试集，没有门槛 | 54%–63% |
# | 换肤色，测试集的 16 张脸 | LeNet 原样 11–12 张，换了 0–1 张；预训练的模型 13 张，换了 6–11 张 |
# | 和预训练模型比（麦克尼马尔检验） | 只有 LeNet 对的 2–3 张，只有它对的 11–13 张，p = 0.01–0.02：不像碰巧 |
#
# 挑战：认猫，本领 2，F1 最高在门槛 43%；一次误报都没有，从 85% 开始；看烟雾一张不漏，门槛 23%–25%；找鸟，门槛放到 92% 或更高。
#
# ## 常见的误解
#
# - **“得分 90%，就有 90% 会对。”** 只有校准好的网络才是这样。海豚那一张，把握可以有 93%，还是错的。
# - **“热力图告诉我们为什么。”** 它只说哪里支持了答案，不说为什么。LeNet 的热力图很粗，常常整张都是暖的；所以还要做实验。
# - **“门槛越高越好。”** 门槛 0.9，有的网络一张也不回答。
# - **“把标签改一改，分数就上去了。”** 只有标签真的错了才改，改之前先问问别人。自己的数据集可以在“看仔细”里改，也可以撤销。
# - **“测试集上选个好门槛。”** 那就成了背考题。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. The training takes ten seconds or so; the time goes into looking at pictures and giving reasons.
#
# - **Opening (4 minutes):** write “100 pictures, 2 with smoke” on the board, and ask for a “camera” that is right in 98%. The laziest one never rings.
# - **Someone who makes mistakes:** why LeNet of all networks? It makes many mistakes, and so leaves many clues.
# - **Why is it wrong:** in pairs; one clicks cells, the other writes down “I think it looks at …, because …”. Then heat map and similar pictures: does the suspicion hold?
# - **A common mistake:** cover the table, and let the class vote: with another skin tone, how many of the 6 are still right?
# - **Where to put the threshold:** the four challenges go to four groups; each finds an example for “rather … than …”.
# - **Exercise:** every network is different, and so is its threshold; the class can draw all of them in one chart.
#
# ## Figures to expect
#
# On a computer with two cores, random seeds 0, 1 and 2, LeNet with 20 epochs:
#
# | Where | About |
# |---|---|
# | Validation | 26–27 of 39 right, 95% interval 51%–81% |
# | Confusion matrix | faces 6 of 6, vehicles 6 of 6, buildings 0 of 4 (3–4 taken for vehicles), animals 4–7 of 9 (taken for tools) |
# | Surest mistakes | dolphin → tool, 59%–93% sure; polar bear → tool, 50%–77%; cityscape → vehicle, 46%–70% |
# | Calibration | 49%–66% sure on average, calibration error 17–21 points; temperature 0.5–0.9 (too modest) |
# | Threshold 0.6 | validation: 9–24 answered, 75%–100% right; test: 19–45 answered, 78%–89% right |
# | Test, no threshold | 54%–63% |
# | Other skin tones, the 16 faces of the test | LeNet 11–12 as they are, 0–1 changed; pretrained model 13, changed 6–11 |
# | Against the pretrained model (McNemar's test) | right with LeNet alone 2–3, with the other alone 11–13, p = 0.01–0.02: hardly chance |
#
# Challenges: cats, skill 2, the highest F1 is at 43%; no false alarm from 85% on; smoke without a miss at 23%–25%; the bird from 92% on.
#
# ## Usual misconceptions
#
# - **“A score of 90% is right in 90% of cases.”** Only if the network is calibrated. The dolphin can have 93%, and is wrong.
# - **“The heat map tells us why.”** It shows what spoke for the answer, not why. LeNet's is coarse and often warm all over; hence the experiments.
# - **“The higher the threshold, the better.”** At 0.9 some of the networks answer nothing at all.
# - **“Changing labels raises the score.”** Change a label only if it is really wrong, and ask somebody first. In a set of one's own, “Look closer” changes it, and it can be undone.
# - **“Choose the threshold on the test pictures.”** That is learning the exam by heart.
