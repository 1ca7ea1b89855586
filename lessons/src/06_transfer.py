# ---
# jupyter:
#   edukit:
#     minutes: 55
#     art: elephant hatching_chick rocket
#     title:
#       zh: 站在巨人的肩膀上：迁移学习
#       en: "Standing on giants: transfer learning"
#     chapter:
#       zh: 训练与理解
#       en: Train and understand
#     summary:
#       zh: 预训练的网络为什么学得快；哪些层冻住，哪些层放开；什么时候借别人的本领也帮不上忙。
#       en: Why a pretrained network learns quickly, which layers to freeze and which to free, and when a borrowed skill does not help.
#     steps:
#       - {name: frozen, minutes: 14, zh: 冻住几层, en: Frozen and free layers}
#       - {name: train, minutes: 20, zh: 从零开始，还是借力, en: From nothing or with help}
#     needs: {dataset: emoji, lesson: 01_first_model}
#     leaves: [checkpoint]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 牛顿说，他看得更远，是因为站在巨人的肩膀上。网络也可以：一个看过一百多万张照片的网络，把本领借给你，你只要教它最后一步。
#
# **学完这一课，你能够**：
#
# 1. 说清楚预训练、迁移学习和冻结是什么意思；
# 2. 按照图片的多少，决定冻住多少层；
# 3. 用测量说明借来的本领帮了多大的忙，也举得出它帮不上忙的例子。
#
# **需要**：这台电脑就够了，不用联网，前面的课没做也可以。**你会做出**：两个模型，网络一样，一个从零开始，一个站在肩膀上。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Newton said that he saw further because he stood on the shoulders of giants. A network can do that too: one that has looked at more than a million photos lends you its skill, and you teach it only the last step.
#
# **After this lesson you can:**
#
# 1. say what pretraining, transfer learning and freezing mean;
# 2. decide by the number of pictures how many layers to freeze;
# 3. show by measuring how much a borrowed skill helps, and name a case in which it does not.
#
# **You need:** this computer, no internet; the earlier lessons are not required. **You make:** two models of the same network, one from nothing and one on the giant's shoulders.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 会骑自行车的人学摩托车，很快就会；不用从“怎样保持平衡”学起。换成网络：
#
# - 前几层认边缘和颜色。认猫用得上，认零件、认树叶也用得上；
# - 中间几层认花纹和形状；
# - 最后一层才是“我的六个类别”。
#
# 所以可以把前面的层**留下来**，只换最后一层，这叫**迁移学习**。留下来又不让它再变的层，叫做**冻结**的层。没有大机房、只有几十张图片的学校、医院和小工厂，靠的就是这个办法。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# Whoever can ride a bicycle soon rides a motorbike; nobody starts again with keeping balance. In a network:
#
# - the first layers know edges and colours, of use for cats as well as for screws or leaves;
# - the middle layers know textures and shapes;
# - only the last layer is about “my six classes”.
#
# So the early layers can be **kept** and the last one replaced: **transfer learning**. Layers that are kept and not allowed to change are **frozen**. Schools, hospitals and small workshops with a few dozen pictures and no computing centre live by this idea.

# %% [raw] tags=["guess"]
# name: head_start
# question:
#   zh: 同一个网络，同样的 247 张图片。预训练的那一次和从零开始的那一次，验证准确率会差多少个百分点？
#   en: The same network and the same 247 pictures. How many points of validation accuracy will lie between pretrained and from nothing?
# choices:
# - {value: 5, zh: 大约 5 个：差不多, en: "about 5: much the same"}
# - {value: 30, zh: 大约 30 个：差很多, en: "about 30: a lot"}
# - {value: 60, zh: 大约 60 个：天差地别, en: "about 60: worlds apart"}
# later:
#   zh: 你的猜测已经记下来了。两次训练都做完，我们再来看。
#   en: Your guess is kept. We come back to it after both trainings.
# measured: runs_apart
# close_to: 15
# close:
#   zh: 你猜相差大约 {guess} 个百分点，你的训练相差 {measured} 个。猜得真准！
#   en: You guessed about {guess} points; your runs are {measured} apart. Well guessed!
# apart:
#   zh: 你猜相差大约 {guess} 个百分点，你的训练相差 {measured} 个。肩膀比你想的高，还是矮？
#   en: "You guessed about {guess} points; your runs are {measured} apart. Are the shoulders higher than you thought, or lower?"

# %% [markdown] tags=["zh"]
# ## [[frozen]]
#
# EfficientNet-Lite0 有 338 万个权重。我们把它分成四部分：前段、中段、后段、最后一层。下面的每一种组合都真的训练过，数字是量出来的。
#
# 先猜一猜，再动手：**图片很少时，放开的权重是多一点好，还是少一点好？** 然后完成四个挑战。

# %% [markdown] tags=["en"]
# ## [[frozen]]
#
# EfficientNet-Lite0 has 3.38 million weights. Here they stand in four parts: early, middle, late, and the head. Each combination below was really trained, and its figure was measured.
#
# Guess before you move anything: **with very few pictures, is it better to free many weights, or few?** Then solve the four challenges.

# %% tags=["view"]
lesson.view("frozen")

# %% [markdown] tags=["zh"]
# **你应该看到**：
#
# - 每类 2 张时，只放开最后一层最好（62%）：12 张图片教不动 338 万个权重，只会让它背答案；
# - 每类 10 张时，最好的是只冻住前段（82%），比只学最后一层（72%）高：图片多一些，就可以多放开一些；
# - 从随机权重开始，怎么放都不到 55%；随机又冻住，就只剩瞎蒙。
#
# <details><summary>验证图片只有 39 张，这些差别可信吗？</summary>
#
# 一张是 2.6 个百分点。62% 和 56% 只差两三张，可能是运气；82% 和 72% 差四张，也不能打包票。62% 和 21% 差 16 张，那才是真的。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:**
#
# - With 2 pictures a class, freeing the head alone is best (62%): 12 pictures cannot teach 3.4 million weights, which only learn them by heart.
# - With 10 a class, freezing just the early part is best (82%, against 72% for the head alone): more pictures allow more freedom.
# - From random weights nothing gets beyond 55%; random and frozen leaves blind guessing.
#
# <details><summary>There are only 39 validation pictures. Can these gaps be trusted?</summary>
#
# One picture is 2.6 points. 62% and 56% are two or three pictures apart, which may be luck; 82% and 72% are four, which is no proof either. 62% and 21% are sixteen: that one is real.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 现在用全部 247 张图片，自己量一量。
#
# **第一次，从零开始。** 网络选 **EfficientNet-Lite0**，轮数 **2**，学习率**自动**；打开“更多设置”，“从哪里开始”选**从零开始**。所有 338 万个权重都要学，所以最慢：两核的电脑大约要一分钟。等的时候，先把第二次的结果猜出来。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# Now measure it yourself, with all 247 pictures.
#
# **First run, from nothing.** Choose **EfficientNet-Lite0**, **2** epochs and the learning rate **automatic**; under “More settings”, “Where it starts”, choose **from nothing**. All 3.4 million weights have to learn, so this is the slow one: about a minute on two cores. While you wait, guess how the second run will end.

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
result = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=2, pretrained=False)
result

# %% tags=["code"]
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **第二次，站在肩膀上。** “从哪里开始”改回**自动**，轮数 **12**，学习率 **0.002**。
#
# **你应该看到**：
#
# | 训练 | 在学的权重 | 时间 | 验证准确率 |
# |---|---|---|---|
# | 从零开始，2 轮 | 338 万 | 大约 60 秒 | 21%–38% |
# | 预训练，只学最后一层，12 轮 | 7686 | 大约 9 秒 | 85%–87% |
#
# 轮数是六倍，时间反而只要六分之一左右。为什么？
#
# 冻住的层对同一张图片总是给出**同样的 1280 个数**（特征）。edukit 把每张图片的特征先算一次，存下来，以后每一轮只用这些数字：一轮只要百分之几秒。再训练一次，特征已经存好了，总共不到 4 秒。

# %% [markdown] tags=["en"]
# **Second run, on the shoulders.** Set “Where it starts” back to **automatic**, **12** epochs, the rate **0.002**.
#
# **You should see:**
#
# | Run | Weights that learn | Time | Validation accuracy |
# |---|---|---|---|
# | from nothing, 2 epochs | 3.38 million | about 60 seconds | 21%–38% |
# | pretrained, head only, 12 epochs | 7,686 | about 9 seconds | 85%–87% |
#
# Six times as many epochs in about a sixth of the time. How?
#
# Frozen layers always make **the same 1280 numbers** (features) of the same picture. edukit computes the features of each picture once, keeps them, and every epoch works with these numbers alone: some hundredths of a second an epoch. Train again, and the features are there already: under 4 seconds in all.

# %% [markdown] tags=["zh"]
# ## 要多少图片才够
#
# 借来的本领最省的是**图片**。只学最后一层，各学 12 轮：
#
# | 每类几张 | 2 | 5 | 10 | 20 | 约 41（全部） |
# |---|---|---|---|---|---|
# | 验证准确率 | 64% | 69% | 72% | 79% | 87% |
#
# LeNet 从零开始，用**全部** 247 张、学 20 轮，也只有 67%–69%。站在肩膀上，每类 **5 张**就追上了它。

# %% [markdown] tags=["en"]
# ## How many pictures are enough
#
# What a borrowed skill saves most is **pictures**. The head alone, 12 epochs each:
#
# | Pictures a class | 2 | 5 | 10 | 20 | about 41 (all) |
# |---|---|---|---|---|---|
# | validation accuracy | 64% | 69% | 72% | 79% | 87% |
#
# LeNet, from nothing, with **all** 247 pictures and 20 epochs, reaches 67%–69%. On the giant's shoulders **5** a class are enough to catch up with it.

# %% tags=["code"]
from dataclasses import replace

small = dataset.with_split(replace(dataset.train, samples=dataset.train.samples[::8]))  # every eighth picture
result = ek.train(small, backbone="EfficientNet-Lite0", epochs=12, lr=0.002, out=lesson.exercise())
result

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明听说“冻住就快”，于是选了“从零开始”，又选“只学最后一层”。每一轮的确很快，可是验证准确率在 15% 到 36% 之间乱跳，从来没有超过 36%；同样的设置，预训练的有 87%。
#
# 冻住的是**随机**的权重：巨人还没长大，就不许他再长了。冻结只在前面的层**已经学会**东西的时候才有用。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom heard that freezing is quick, so he chose “from nothing” together with “only the head”. Each epoch was quick indeed, but the validation accuracy jumped between 15% and 36% and never got beyond; pretrained, the same settings reach 87%.
#
# What he froze were **random** weights: a giant that was told to stop growing before it had begun. Freezing helps only where the early layers **have learnt** something.

# %% tags=["code", "mistake"]
result = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002, pretrained=False, freeze=True, out=lesson.exercise())
result

# %% [markdown] tags=["zh"]
# ## 练习
#
# 巨人总是帮得上忙吗？他看过的是**照片**。手写数字（`digits`，灰色的小图）离照片很远。先猜一猜，再各训练 5 轮：
#
# 1. EfficientNet-Lite0，预训练，只学最后一层；
# 2. LeNet，从零开始，只有六万个权重。
#
# 谁更好？在笔记本里写代码来做；没有笔记本的同学，在[[train]]的“更多设置”里把“学哪些层”改成全部，3 轮，和只学最后一层比一比：多花的时间换来了什么？

# %% [markdown] tags=["en"]
# ## Exercise
#
# Does the giant always help? What it looked at were **photos**. Handwritten digits (`digits`, small and grey) are far from photos. Guess first, then train 5 epochs each:
#
# 1. EfficientNet-Lite0, pretrained, the head alone;
# 2. LeNet, from nothing, with only sixty thousand weights.
#
# Which is better? Write code in the notebook. Without a notebook, set “What learns” under “More settings” of [[train]] to everything, train 3 epochs, and hold it against the head alone: what did the extra time buy?

# %% tags=["zh", "exercise"]
# 把 None 换成一个列表：在 "digits" 上训练的两个结果。out=lesson.exercise() 会把每一次放进单独的文件夹
mine = None

# %% tags=["en", "exercise"]
# Replace None by a list of the two trainings on "digits"; out=lesson.exercise() gives each its own folder
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result = {one.card.backbone: one.card.metrics["val_top1"] for one in mine}
    assert set(result) == {"LeNet", "EfficientNet-Lite0"}, "要训练这两个网络各一次"
    assert all(len(one.card.classes) == 10 for one in mine), "数据应该是 digits，有十个类别"
    assert result["LeNet"] > 0.9, "LeNet 还没学好：多训练几轮"
    print({name: f"{value:.0%}" for name, value in result.items()})

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result = {one.card.backbone: one.card.metrics["val_top1"] for one in mine}
    assert set(result) == {"LeNet", "EfficientNet-Lite0"}, "train each of the two networks once"
    assert all(len(one.card.classes) == 10 for one in mine), "the data should be digits, with ten classes"
    assert result["LeNet"] > 0.9, "LeNet has not learnt enough: train longer"
    print({name: f"{value:.0%}" for name, value in result.items()})

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
dataset = ek.load_dataset("digits")
mine = [ek.train(dataset, backbone=name, epochs=5) for name in ("EfficientNet-Lite0", "LeNet")]
print({trained.card.backbone: f"{trained.card.metrics['val_top1']:.0%}" for trained in mine})

# %% [markdown] tags=["zh", "solution"]
# EfficientNet-Lite0 只学最后一层：89%；LeNet 从零开始：98%。数字图片又小又简单，有一千多张，LeNet 足够把它们学好；而看照片练出来的特征，对笔画帮助不大。在 emoji 上把 EfficientNet-Lite0 全部放开、学 3 轮：大约 50 秒，验证 79%，测试 88%；只学最后一层 9 秒，85%–87%，测试也是 88%。

# %% [markdown] tags=["en", "solution"]
# EfficientNet-Lite0 with its head alone: 89%; LeNet from nothing: 98%. The digits are small and simple, and over a thousand of them teach LeNet well, while features trained on photos help little with pen strokes. On emoji, everything free for 3 epochs: about 50 seconds, 79% on validation, 88% on test; the head alone takes 9 seconds for 85%–87%, and 88% on test.

# %% [markdown] tags=["zh"]
# ## 考试，自己检查
#
# 在[[train]]的“用哪个模型”里选中验证最好的一个，**测试集**才出场。检查的是**你自己的**几次训练。

# %% [markdown] tags=["en"]
# ## The exam: check yourself
#
# Under “Which model” in [[train]], choose the run that is best on validation; only then do the **test pictures** come out. This looks at **your own** runs.

# %% tags=["code"]
model = lesson.find("checkpoint")
result = ek.evaluate(model, dataset.test)
result

# %% [raw] tags=["check"]
# checks:
# - {check: head_start, at_least: 0.1}
# - {check: best_of_runs, runs: 2}
# - {check: accurate, at_least: 0.75, model: checkpoint}
# passed:
#   zh: 全部通过：你量出了肩膀有多高！
#   en: "All passed: you have measured how high the shoulders are!"
# failed:
#   zh: 还没有全部通过。从零开始训练一次，预训练的训练一次，选中更好的，再来检查。
#   en: Not all passed. Train once from nothing and once from pretrained weights, choose the better one, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 冻结一层是什么意思？
#     en: What does it mean to freeze a layer?
#   choices:
#   - zh: 把它从网络里去掉
#     en: It is taken out of the network
#     why:
#       zh: 它还在，照样把图片变成特征，只是权重不再变。
#       en: It stays and still turns pictures into features; only its weights no longer change.
#   - zh: 训练时它的权重不变
#     en: Its weights do not change while training
#     right: true
#     why:
#       zh: 对！所以它对同一张图片总给出同样的特征，可以先算好存下来。
#       en: Right! So it always makes the same features of a picture, and they can be computed ahead.
#   - zh: 让它学得慢一点
#     en: It learns more slowly
#     why:
#       zh: 慢一点是小的学习率。冻结是完全不学。
#       en: Slower would be a smaller learning rate. A frozen layer does not learn at all.
# - question:
#     zh: 你只有 12 张照片，要认六种树叶。先试哪一种？
#     en: You have 12 photos, and want to tell six kinds of leaves apart. What do you try first?
#   choices:
#   - zh: 预训练的网络，只学最后一层
#     en: A pretrained network, the head alone
#     right: true
#     why:
#       zh: 对！图片太少，教不动那么多权重；借来的特征够用。
#       en: Right! So few pictures cannot teach that many weights; the borrowed features will do.
#   - zh: 预训练的网络，全部放开
#     en: A pretrained network, everything free
#     why:
#       zh: 338 万个权重，12 张图片，很容易背答案。图片多了再放开。
#       en: 3.4 million weights and 12 pictures soon learn them by heart. Free more when there are more pictures.
#   - zh: 从零开始，多训练几百轮
#     en: From nothing, for some hundred epochs
#     why:
#       zh: 书只有 12 页，读几百遍也还是 12 页。
#       en: A book of 12 pages read a hundred times still has 12 pages.
# - question:
#     zh: 为什么第二次训练（只学最后一层）快得多？
#     en: Why is training the head alone so much quicker?
#   choices:
#   - zh: 因为轮数少
#     en: It has fewer epochs
#     why:
#       zh: 轮数反而多：12 轮对 2 轮。
#       en: "It has more of them: 12 against 2."
#   - zh: 因为图片缩小了
#     en: The pictures are smaller
#     why:
#       zh: 图片一样大，都是 224×224。
#       en: "They are the same size: 224 × 224."
#   - zh: 因为特征只算一次，以后只算最后一层
#     en: The features are computed once, then only the head is worked out
#     right: true
#     why:
#       zh: 对！冻住的层每次都给同样的数，不用再算。
#       en: Right! Frozen layers give the same numbers every time, so there is no need to compute them again.

# %% tags=["view"]
lesson.view("recall", "head_start")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - **预训练**：先在一百多万张照片上学；**迁移学习**：留下前面的层，换掉最后一层；**冻结**：留下的层不再变；
# - 图片少，多冻一些；图片多，多放开一些。随机的权重冻住了，几乎没有用；
# - 同样的网络和图片，从不到四成变成 85% 以上，时间还短得多；可是手写数字上，小小的 LeNet 赢了。**量一量，再决定。**
#
# 你的模型都保存在这台电脑上。想一想：你会的哪一样本领，是从另一样“迁移”过来的？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - **Pretraining** is learning from a million photos beforehand; **transfer learning** keeps the early layers and replaces the last; **frozen** layers no longer change.
# - Few pictures: freeze more. Many pictures: free more. Random weights that are frozen are of little use.
# - The same network and pictures go from less than 40% to over 85% in far less time; but on handwritten digits little LeNet won. **Measure, then decide.**
#
# Your models are saved on this computer. Think about it: which of your own skills did you transfer from another?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网：预训练的权重已经装在电脑里。从零开始的那一次要一分钟到几分钟，请**先**按下去，再讲道理。
#
# - **引入（5 分钟）**：请学生说一样“学得特别快”的本领，快在哪里？
# - **冻住几层**：先做“随机又冻住”，再比较每类 2 张和 10 张。“最好的设置变了”是这一步的重点。
# - **从零开始，还是借力**：电脑慢的话，从零开始的那一次可以两人合用。
# - **要多少图片**：先盖住表，让学生猜“几张能追上 LeNet”。
# - **练习**：一半同学做 LeNet，一半做 EfficientNet-Lite0，数字写在黑板上。
#
# ## 会看到什么数字
#
# 两核的电脑（`ek.train` 的默认设置，写明的除外）：
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 从零开始，2 轮，种子 0、1 | 验证 38%、21%，测试 18%、19%，约 60 秒（一轮 25 秒）；种子 0 学 3 轮：验证 54%，测试 40% |
# | 只学最后一层，12 轮，种子 0、1、2 | 验证 85%–87%，测试 88%–90%；第一次 9 秒，再一次不到 4 秒 |
# | 全部放开，3 轮，种子 0 | 验证 79%，测试 88%，51 秒 |
# | 每八张取一张（31 张），12 轮 | 验证 72%–85%，测试 66%–68% |
# | 随机权重冻住，12 轮 | 验证 15%–36%，最后一轮训练准确率 28% |
# | digits，5 轮 | EfficientNet-Lite0 89%，LeNet 98%；各约 30 秒 |
# | 探索里的数字 | 160×160，10 轮，最好的一轮，种子 0 |
#
# 探索之外再多量了一格：全部 247 张、160×160、10 轮，冻住前段 92%，冻住前段和中段 87%，只学最后一层 90%。
#
# ## 常见的误解
#
# - **“冻住的层不工作。”** 它照样把图片变成特征。
# - **“放开越多越好。”** 图片少的时候正相反。
# - **“预训练的网络认识我的类别。”** 它认识的是 ImageNet 的一千类；你的类别由新的最后一层来学。
# - **“从零开始一定不行。”** 图片足够多、足够简单的时候很好，看数字那一题。
# - **“38% 就是从零开始的极限。”** 只学了 2 轮；种子 0 的第 3 轮就到了 54%。更多轮、更多图片会更好，只是要花时间。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet: the pretrained weights are on the machine. The run from nothing takes one to some minutes, so let it **start first** and explain meanwhile.
#
# - **Opening (5 minutes):** students name a skill that they learnt unusually fast. What made it fast?
# - **Frozen and free layers:** begin with “random and frozen”, then hold 2 a class against 10. That the best setting changes is the point of this step.
# - **From nothing or with help:** on slow machines two students can share the run from nothing.
# - **How many pictures:** cover the table and let the class guess how many catch up with LeNet.
# - **Exercise:** half of the class trains LeNet, the other half EfficientNet-Lite0; figures on the board.
#
# ## Figures to expect
#
# On a computer with two cores (the defaults of `ek.train` unless it says otherwise):
#
# | Where | About |
# |---|---|
# | From nothing, 2 epochs, seeds 0, 1 | validation 38%, 21%, test 18%, 19%, about 60 seconds (25 an epoch); seed 0, 3 epochs: validation 54%, test 40% |
# | Head only, 12 epochs, seeds 0, 1, 2 | validation 85%–87%, test 88%–90%; 9 seconds, the second time under 4 |
# | Everything free, 3 epochs, seed 0 | validation 79%, test 88%, 51 seconds |
# | Every eighth picture (31), 12 epochs | validation 72%–85%, test 66%–68% |
# | Random weights frozen, 12 epochs | validation 15%–36%, training accuracy of the last epoch 28% |
# | digits, 5 epochs | EfficientNet-Lite0 89%, LeNet 98%; about 30 seconds each |
# | The explorable's figures | 160 × 160, 10 epochs, best epoch, seed 0 |
#
# One more that the explorable does not show: all 247 pictures, 160 × 160, 10 epochs: the early part frozen 92%, early and middle frozen 87%, the head alone 90%.
#
# ## Usual misconceptions
#
# - **“A frozen layer does not work.”** It still turns pictures into features.
# - **“The more is free, the better.”** With few pictures it is the other way round.
# - **“A pretrained network knows my classes.”** It knows ImageNet's thousand; yours are learnt by the new head.
# - **“From nothing never works.”** With enough simple pictures it works very well: see the digits.
# - **“38% is the limit from nothing.”** That was after 2 epochs; with seed 0 the third reaches 54%. More epochs and pictures do better, at a price in time.
