# ---
# jupyter:
#   edukit:
#     minutes: 50
#     art: panda_face tokyo_tower yum avocado axe airplane
#     title:
#       zh: 从图片到到处能跑的模型
#       en: From pictures to a model that runs anywhere
#     chapter:
#       zh: 从图片到模型
#       en: From pictures to a model
#     summary:
#       zh: 教电脑认六种东西，转成 ONNX，用数字证明它没变，再拿自己的图片试一试。
#       en: Teach a computer six kinds of things, convert it to ONNX, prove that it is still the same, and try your own picture.
#     steps:
#       - {name: data, minutes: 6, zh: 图片, en: Pictures}
#       - {name: train, minutes: 9, zh: 训练, en: Train}
#       - {name: convert, minutes: 6, zh: 转换, en: Convert}
#       - {name: compare, minutes: 7, zh: 比较, en: Compare}
#       - {name: try, minutes: 6, zh: 你的图片, en: Your picture}
#     needs: {dataset: emoji}
#     leaves: [checkpoint, onnx, int8]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 你要教一台电脑认东西，再把它学到的本领装进一个小文件。这个文件不用联网，换一台电脑、一块开发板、一个浏览器，照样能用。
#
# **学完这一课，你能够**：
#
# 1. 说清楚训练集、验证集和测试集各有什么用；
# 2. 训练一个网络，把它转换成 ONNX，再量化成 INT8；
# 3. 用测量，而不是用感觉，说明小模型还是不是原来那个模型。
#
# **需要**：这台电脑就够了，不用联网，也不用显卡。**你会做出**：一个几 MB 的模型文件 `best-int8.onnx`。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Teach a computer to recognise things, then pack what it has learnt into one small file that works without internet: on another computer, on a board, in a browser.
#
# **After this lesson you can:**
#
# 1. say what training, validation and test pictures are for;
# 2. train a network, convert it to ONNX and quantize it to INT8;
# 3. show by measuring, not by feeling, whether the small model is still the same model.
#
# **You need:** this computer; no internet, no graphics card. **You make:** `best-int8.onnx`, a model file of a few megabytes.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 这是一个已经学好的模型。先跟它玩两分钟：它什么时候会认错？

# %% [markdown] tags=["en"]
# ## Why it matters
#
# Here is a model that has finished learning. Play with it for two minutes: when does it get things wrong?

# %% tags=["view"]
lesson.view("move")

# %% [markdown] tags=["zh"]
# 没有人教过你“猫”的规则：几个像素、什么颜色、耳朵多少度。你是看了许多猫，自己学会的。今天的电脑也是这样：**给它看图片，让它自己学**。手机相册、会分类的垃圾桶、医院里看片子的仪器，靠的都是这个办法。
#
# 塔横过来，你一眼还是认得出，它却会说成别的东西：它学的图片里，房子和塔几乎都是正着的。再换成海豚转一转，怎么转都认得。**模型只知道它见过的世界**。记住这句话，以后每一课都会用到。

# %% [markdown] tags=["en"]
# Nobody ever taught you the rules of “cat”: how many pixels, which colour, what angle of ear. You saw many cats, and you learnt. Computers learn in the same way today: **show them pictures and let them learn.** Phones that sort photos, bins that know a bottle, machines that read X-rays all do it by this one idea.
#
# You still know a tower that lies on its side; the model calls it something else, because nearly every building that it learnt from stood upright. Now turn the dolphin: it is known at every angle. **A model knows only the world that it was shown.** Keep that sentence: every later lesson comes back to it.

# %% [raw] tags=["guess"]
# name: right_of_100
# question:
#   zh: 有 6 个类别。训练好以后，给网络看 100 张它没有学过的图片，它能认对多少张？
#   en: There are six classes. Once it is trained, the network is shown 100 pictures that it did not learn from. How many will it get right?
# choices:
# - {value: 17, zh: 大约 17 张：跟瞎蒙一样, en: "about 17: no better than chance"}
# - {value: 50, zh: 大约 50 张：一半, en: "about 50: one half"}
# - {value: 85, zh: 大约 85 张：大多数, en: "about 85: most of them"}
# - {value: 100, zh: 100 张：全对, en: "100: every one"}
# later:
#   zh: 你的猜测已经记下来了。训练完以后，我们再来看。
#   en: Your guess is kept. We come back to it when the network is trained.
# measured: validation_accuracy
# close_to: 10
# close:
#   zh: 你猜 100 张里大约 {guess} 张，网络在验证图片上认对了 {measured}%。猜得真准！
#   en: You guessed about {guess} of 100; the network got {measured}% of the validation pictures right. Well guessed!
# apart:
#   zh: 你猜 100 张里大约 {guess} 张，网络在验证图片上认对了 {measured}%。和你想的不一样——为什么呢？
#   en: "You guessed about {guess} of 100; the network got {measured}% of the validation pictures right. Not what you thought: why might that be?"

# %% [markdown] tags=["zh"]
# ## [[data]]
#
# 我们有六个类别，每个类别有几十张小图，分成三组：
#
# - **训练集**是课本：网络从这里学；
# - **验证集**是随堂测验：一边学，一边看学得怎么样；
# - **测试集**是期末考试：到最后才用它打分。
#
# <details><summary>为什么要分开？</summary>
#
# 如果考试题和课本上的例题一模一样，背答案也能得满分，可那不叫学会。验证集也不能代替考试：你会看着测验的分数换设置、再训练，于是慢慢地只挑出碰巧适合这份测验的设置。
#
# </details>

# %% [markdown] tags=["en"]
# ## [[data]]
#
# We have six classes with a few dozen small pictures each, in three groups:
#
# - **training** is the textbook: the network learns from it;
# - **validation** is the short quiz in class: it shows how the learning goes;
# - **test** is the final exam: marks are given on it at the very end, and nowhere before.
#
# <details><summary>Why keep them apart?</summary>
#
# If the exam asks exactly the examples from the book, someone who learnt the answers by heart gets full marks without having understood a thing. The quiz cannot take the place of the exam either: you look at its marks, change a setting and train again, and so you slowly pick what happens to suit that quiz.
#
# </details>

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
classes = dataset.classes
dataset

# %% tags=["view"]
lesson.view("data")

# %% [markdown] tags=["zh"]
# **你应该看到**：六个类别，每个类别一排小图。按“检查这些图片”，让电脑把每一张都打开看一遍。
#
# <details><summary>想一想：哪两个类别最容易弄混？</summary>
#
# 多半是“建筑”和“交通工具”：都有窗户，都有直线，有些图里还站在一起。过一会儿看看网络是不是也在这里出错。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** six classes, a row of small pictures for each. Press “Check these pictures”, and the computer opens every one of them.
#
# <details><summary>Think: which two classes would you mix up most easily?</summary>
#
# Buildings and vehicles, most likely: both have windows and straight lines, and in some pictures they stand together. In a moment you can see whether the network stumbles there too.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 网络里有几百万个数字，叫做**权重**。训练就是反复做三件事：看一批图片，猜答案，再把权重往“少错一点”的方向拧一点点。所有训练图片看完一遍，叫做一**轮**（epoch）。
#
# 我们用的 EfficientNet-Lite0 以前看过一百多万张照片，已经会认边缘、颜色和形状，这叫**预训练**。我们只教它最后一步：这些形状合起来，是六样东西里的哪一样。就像认识笔画的人去学新字，快得多。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# Inside a network are millions of numbers, its **weights**. Training repeats three things: look at some pictures, guess the answers, and turn the weights a tiny bit towards “less wrong”. When all training pictures have been seen once, one **epoch** is over.
#
# Our EfficientNet-Lite0 has looked at more than a million photos before, so it knows edges, colours and shapes: it is **pretrained**. We teach it only the last step, which of our six things those shapes make. Who knows the alphabet learns new words quickly.

# %% tags=["code"]
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：按“开始训练”以后，验证准确率先很快上升，然后慢慢变平。换一台电脑，数字会有一点不同，这很正常。
#
# <details><summary>虚线是课本（训练集），实线是测验（验证集）。哪条更高？为什么？</summary>
#
# 通常虚线更高：课本上的图片网络看过许多遍，测验里的一张也没学过。两条线差一点很正常；差得越来越大，就是在背答案，叫做**过拟合**。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** press “Train”, and the validation accuracy climbs quickly, then levels off. On another computer the exact number is a little different, and that is fine.
#
# <details><summary>The dashed line is the textbook, the solid one the quiz. Which is higher, and why?</summary>
#
# Usually the dashed one: the network has seen the pictures of the textbook many times, and has learnt from none of the quiz. A small gap is normal. A gap that keeps growing means that answers are learnt by heart: **overfitting**.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[convert]]
#
# 你的模型现在住在 PyTorch 里。那是做训练的大工厂，要占好几百 MB，小小的开发板装不下。所以模型要搬家两次：
#
# 1. **转换**成 ONNX：像 PDF 一样，谁都能打开；
# 2. **量化**成 INT8：把每个权重从 4 个字节四舍五入成 1 个字节，文件只剩大约四分之一。
#
# 搬家会不会摔坏东西？转换时有一道**关卡**：用同样的图片问两个模型，回答不一样，就不写文件。这里只看回答是否相同，不看对错。

# %% [markdown] tags=["en"]
# ## [[convert]]
#
# Your model now lives inside PyTorch, a big factory made for training: hundreds of megabytes, far too much for a small board. So the model moves house twice:
#
# 1. **convert** to ONNX, a format that everyone can open, like PDF for documents;
# 2. **quantize** to INT8: each weight is rounded from 4 bytes to 1, so only about a quarter of the file is left.
#
# Does anything break on the way? There is a **gate**: both models are asked about the same pictures, and if their answers differ, no file is written. Only whether they agree counts here, not whether they are right.

# %% tags=["code"]
onnx = ek.convert(trained.best, data=dataset)
small = ek.quantize(onnx, calibration=dataset.train)
small

# %% tags=["view"]
lesson.view("convert")

# %% [markdown] tags=["zh"]
# **你应该看到**：按“转换”以后，ONNX 和原来的文件差不多大，INT8 小得多；ONNX 的回答和 PyTorch 全部相同。

# %% [markdown] tags=["en"]
# **You should see:** press “Convert”; the ONNX file is about as large as the original, INT8 much smaller, and ONNX gives the same answers as PyTorch on every picture.

# %% [markdown] tags=["zh"]
# ## [[compare]]
#
# 哪一个最快？小的那个变笨了吗？这一步，**测试集**终于出场：三个模型回答同样的题目，用同样多的处理器核心，轮流来，先热身再计时。这样才公平。快慢用**毫秒**来量：认一张图片，从打开文件到说出答案，要多久。

# %% [markdown] tags=["en"]
# ## [[compare]]
#
# Which is the fastest? Did the small one get worse? At last the **test pictures** come out: all three models answer the same questions with the same number of processor cores, in turn, and warm up before the clock starts. Only then is it fair. Speed is measured in **milliseconds**: how long one picture takes, from opening the file to saying the answer.

# %% tags=["code"]
result = ek.compare([trained.best, onnx, small], dataset.test)
result

# %% tags=["view"]
lesson.view("compare")

# %% [markdown] tags=["zh"]
# **你应该看到**：按“测一测”以后出现三个点。越往左越快，越往上越准。点上的竖线是误差范围：竖线互相重叠，就不能说谁更准。如果有图片换了答案，点开看一看：你自己分得清吗？

# %% [markdown] tags=["en"]
# **You should see:** press “Measure”, and three points appear. Further left is faster, further up is better. The upright line through a point is its uncertainty: where the lines overlap, nobody can say which model is better. If some pictures got another label, open them: could you tell?

# %% [markdown] tags=["zh"]
# ## [[try]]
#
# 轮到你了。选一张自己的图片，或者画一张拍下来。回答你的是那个小文件，它不再需要 PyTorch。第二张小图是网络真正看到的样子：从中间裁出一个正方形，再缩放到 224×224。

# %% [markdown] tags=["en"]
# ## [[try]]
#
# Your turn. Choose a picture of your own, or draw one and take a photo. The small file answers; PyTorch is not needed any more. The second picture shows what the network really sees: a square from the middle, resized to 224 × 224.

# %% tags=["code"]
predictor = ek.load_model(small)
predictor.predict(dataset.test[0].path)

# %% tags=["view"]
lesson.view("try")

# %% [markdown] tags=["zh"]
# <details><summary>试试六个类别以外的东西，比如一把椅子。它会老老实实说“不知道”吗？</summary>
#
# 不会：它只能从六个里面挑一个，有时还很有把握。**很有把握，不等于答对**。
#
# </details>

# %% [markdown] tags=["en"]
# <details><summary>Try something that is none of the six, a chair perhaps. Will it admit that it does not know?</summary>
#
# It cannot: it has to pick one of the six, and sometimes it is very sure. **Being sure is not the same as being right.**
#
# </details>

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明很高兴：“我的模型认表情符号这么准，认数字也一定行！”于是他拿手写数字来考它。许多程序会一声不响地给出一个分数，可那个分数毫无意义：模型的第 3 个答案是“表情”，数字集的第 3 个类别却是“2”。
#
# edukit 的模型文件里有一张**模型卡**，写着它认识哪些类别，所以这个错误会被当场拦住。在[[try]]里也能犯一个错误：选一个不是图片的文件，看看它怎么说。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom is delighted: “My model knows emoji so well, surely it knows digits too!” So he gives it an exam of handwritten digits. Many programs would quietly print a score, and it would mean nothing: the model's third answer is “face”, while the third class of the digits is “2”.
#
# A model file of edukit carries a **model card** that says which classes it knows, so this mistake is caught on the spot. You can make one yourself in [[try]]: choose a file that is not a picture and read what it says.

# %% tags=["code", "mistake"]
try:
    ek.evaluate(trained.best, "digits")
except ek.EdukitError as error:
    print(error)

# %% [markdown] tags=["zh"]
# ## 练习
#
# 预训练到底帮了多大的忙？换一个**从零开始**的网络试试：LeNet 只有几万个权重，从来没见过任何图片。
#
# 先猜一猜：它会比 EfficientNet-Lite0 差多少？然后回到[[train]]，网络选 **LeNet**，轮数选 **20**，学习率选**自动**，再训练一次，比一比两次的验证准确率。两个模型都会留着，你可以在“用哪个模型”里选回更好的那一个。

# %% [markdown] tags=["en"]
# ## Exercise
#
# How much does pretraining really help? Try a network that starts **from nothing**: LeNet has about sixty thousand weights and has never seen a picture.
#
# Guess first: how much worse than EfficientNet-Lite0 will it be? Then go back to [[train]], choose **LeNet**, **20** epochs and the learning rate **automatic**, train again, and hold the two validation accuracies against each other. Both models are kept; “Which model” lets you go back to the better one.

# %% tags=["zh", "exercise"]
# 把 None 换成一行代码：用 LeNet 训练 20 轮。out=lesson.exercise() 会把它放进单独的文件夹
mine = None

# %% tags=["en", "exercise"]
# Replace None by one line that trains LeNet for 20 epochs; out=lesson.exercise() puts it into a folder of its own
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result = ek.evaluate(mine.best, dataset.validation)
    assert mine.card.backbone == "LeNet", "网络应该是 LeNet"
    assert result.top1 > 1 / len(classes), "还不如瞎蒙：多训练几轮试试"
    print(f"LeNet 在验证集上认对了 {result.top1:.0%}。")

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result = ek.evaluate(mine.best, dataset.validation)
    assert mine.card.backbone == "LeNet", "the network should be LeNet"
    assert result.top1 > 1 / len(classes), "no better than chance: try more epochs"
    print(f"LeNet is right on {result.top1:.0%} of the validation pictures.")

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
mine = ek.train(dataset, backbone="LeNet", epochs=20)
for model in (mine.best, lesson.find("checkpoint")):
    print(model, f"{ek.evaluate(model, dataset.validation).top1:.0%}")

# %% [markdown] tags=["zh", "solution"]
# LeNet 大约认对三分之二，EfficientNet-Lite0 大约 85%。两个网络看的是同样的图片，差别在于后者出发之前已经会看东西了。

# %% [markdown] tags=["en", "solution"]
# LeNet gets about two thirds right, EfficientNet-Lite0 about 85%. Both saw the same pictures; the difference is what the second one could see before it started.

# %% [markdown] tags=["zh"]
# ## 自己检查
#
# 下面检查的是**你自己的**文件，每一条都可能不通过。

# %% [markdown] tags=["en"]
# ## Check yourself
#
# This looks at **your own** files. Every line can fail.

# %% [raw] tags=["check"]
# checks:
# - {check: trained}
# - {check: smaller, times: 2.5}
# - {check: same_answers, at_least: 0.9}
# - {check: accurate, at_least: 0.6}
# passed:
#   zh: 全部通过：你的模型可以带走，到处都能跑了！
#   en: "All passed: your model is ready to run anywhere!"
# failed:
#   zh: 还没有全部通过。多训练几轮（12 轮左右），再转换一次，然后再来检查。
#   en: Not all passed. Train some epochs more (about 12), convert again, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 为什么测试集不能用来训练？
#     en: Why must the test pictures not be used for training?
#   choices:
#   - zh: 因为测试图片太少，学不到东西
#     en: There are too few of them to learn anything
#     why:
#       zh: 图片多少不是关键。就算有一百万张，考试题也不能提前给。
#       en: Their number is not the point. Even a million exam questions must not be given out before the exam.
#   - zh: 因为那样得到的分数，说明不了它遇到新图片会怎样
#     en: The score would no longer tell how it does on new pictures
#     right: true
#     why:
#       zh: 对！背下来的答案也能得高分，可是遇到新图片就不行了。
#       en: Right! Answers learnt by heart score high too, and fail on the first new picture.
#   - zh: 因为测试图片的格式不一样
#     en: Test pictures have another file format
#     why:
#       zh: 它们是同一种图片，只是被收了起来。
#       en: They are the same kind of pictures; they were only kept aside.
# - question:
#     zh: 量化成 INT8 时，究竟变了什么？
#     en: What really changes when a model is quantized to INT8?
#   choices:
#   - zh: 网络少了四分之三的层
#     en: Three quarters of the layers are removed
#     why:
#       zh: 层一个也没少。去掉一部分网络叫剪枝，那是后面的课。
#       en: No layer goes. Taking parts of a network away is called pruning; that is a later lesson.
#   - zh: 图片被缩小到四分之一
#     en: The pictures are shrunk to a quarter
#     why:
#       zh: 图片大小不变，变的是模型里的数字。
#       en: The pictures stay as they are; the numbers inside the model change.
#   - zh: 每个权重存得更粗略：从 4 个字节变成 1 个字节
#     en: "Each weight is stored more coarsely: 1 byte instead of 4"
#     right: true
#     why:
#       zh: 对！就像把 3.14159 记成 3.1：省地方，代价是一点点误差。
#       en: "Right! Like writing 3.1 for 3.14159: it saves room, and costs a little exactness."
# - question:
#     zh: 两个模型的准确率是 90% 和 88%，误差范围大部分重叠。哪种说法对？
#     en: Two models reach 90% and 88%, and their intervals overlap a lot. Which is right?
#   choices:
#   - zh: 只凭这些测试图片，分不出谁更准
#     en: From these test pictures nobody can say which is better
#     right: true
#     why:
#       zh: 对！不到一百张图片，两个百分点只是两三张图片的事，可能只是运气。
#       en: "Right! With fewer than a hundred pictures, two points are two or three pictures: it may be luck."
#   - zh: 90% 的模型一定更好
#     en: The one with 90% is better, for sure
#     why:
#       zh: 换一组测试图片，名次可能就反过来了。
#       en: With other test pictures the order might be the other way round.
#   - zh: 误差范围重叠，说明测量出错了
#     en: Overlapping intervals mean that something was measured wrongly
#     why:
#       zh: 误差范围不是错误，它老老实实地告诉你：图片只有这么多。
#       en: An interval is no mistake. It honestly says how little a few pictures can tell.

# %% tags=["view"]
lesson.view("recall", "right_of_100")

# %% [markdown] tags=["zh"]
# ## 把作品带走
#
# 写上名字，生成一份报告：曲线、错在哪里、每个数字是什么意思，都在里面。模型文件也可以下载；“下载全部作品”得到一个 zip，换一台电脑，拖进来就能接着做。

# %% [markdown] tags=["en"]
# ## Take it home
#
# Write your name and make a report: the curves, what went wrong, and a sentence for each figure. The model files can be downloaded too; “Download all my work” gives one zip, and on another computer you drop it here and go on.

# %% tags=["view"]
lesson.view("home")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 训练集用来学，验证集用来边学边测，测试集留到最后考试；
# - 训练得到检查点（.pth），转换得到 ONNX，量化得到只有四分之一大小的 INT8；
# - 更快、更小、还一样准吗？用同样的图片、同样的线程数去测，再看误差范围。
#
# 你的模型已经保存在这台电脑上，[[convert]]里写着它在哪个文件夹；后面的课会接着用它。想一想：你最想让电脑认什么？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - Training pictures are for learning, validation pictures for watching, test pictures for the one exam at the end.
# - Training gives a checkpoint (.pth), converting gives ONNX, quantizing gives INT8 at a quarter of the size.
# - Faster, smaller, and still as good? Measure with the same pictures and the same number of threads, and look at the uncertainty.
#
# Your model is saved on this computer, in the folder that [[convert]] names; later lessons go on with it. Think about it: what would you like a computer to recognise?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。上课前在教师机上走一遍，确认每一步都能完成。
#
# - **引入（5 分钟）**：全班一起看“移动图片”。请一个同学转动塔，别人喊停。不要急着解释，先问“为什么塔认不出，海豚认得出？”
# - **图片**：请学生用自己的话说三组图片的用途。训练之前必须先写下猜测。
# - **训练**：等待的时候（大约十几秒）问：“虚线和实线，哪条会更高？”让学生先说，再看。
# - **转换、比较**：这两步按钮按下去就行，时间留给看图：竖线（误差范围）是本课最难的一点。
# - **你的图片**：时间最容易超。约定每人三张，其中一张是六类以外的东西。
# - 做得快的同学做练习；没做完的不影响后面的课。
#
# ## 会看到什么数字
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 图片 | 六类，训练 247 张，验证 39 张，测试 91 张 |
# | 训练，EfficientNet-Lite0，12 轮 | 验证准确率 85%–87%（39 张中 33–34 张），测试 88%–90%（91 张中 80–82 张） |
# | 转换 | 91 张图片，回答全部相同；数值的差别小于 0.0001 |
# | 文件大小 | 检查点约 13 MB，ONNX 约 13 MB，INT8 约 4 MB（大约 1/4） |
# | 比较 | INT8 比 PyTorch 快几倍（与电脑有关）；准确率的差别在误差范围之内 |
# | 练习，LeNet，20 轮 | 验证准确率 67%–69% |
#
# 测试图片只有 91 张：一张就是 1.1 个百分点。差两三个百分点，谁也不能说哪个模型更好。
#
# ## 常见的误解
#
# - **“验证集就是考试。”** 验证集会被反复看，设置是照着它选的；只有测试集没有参加过任何选择。
# - **“轮数越多越好。”** 曲线变平以后再训练，只是在背课本。可以让学生用 30 轮试一次。
# - **“量化就是把网络变小。”** 层数、权重的个数都没变，变的是每个权重用几个字节。
# - **“90% 比 88% 好。”** 先问：多少张图片？误差范围重叠吗？
# - **“它很有把握，所以是对的。”** 拿一把椅子的照片来问：它必须在六个里选一个。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. Go through it once on the classroom's machine beforehand.
#
# - **Opening (5 minutes):** the moving picture, all together. One student turns the tower, the others shout stop. Do not explain yet; ask why the tower is lost and the dolphin is not.
# - **Pictures:** students say in their own words what the three groups are for. The guess is written down before anything is trained.
# - **Train:** use the wait (ten to twenty seconds) to ask which line will be higher, dashed or solid. Let them answer before they look.
# - **Convert, compare:** pressing the buttons is quick; give the time to the picture. The upright lines, the uncertainty, are the hardest idea of this lesson.
# - **Your picture:** runs over most easily. Agree on three pictures each, one of them none of the six.
# - Whoever is quick does the exercise; later lessons do not need it.
#
# ## Figures to expect
#
# | Where | About |
# |---|---|
# | Pictures | six classes: 247 to train, 39 to validate, 91 to test |
# | Train, EfficientNet-Lite0, 12 epochs | validation accuracy 85%–87% (33–34 of 39), test 88%–90% (80–82 of 91) |
# | Convert | the same answer on all 91 pictures; the numbers differ by less than 0.0001 |
# | Sizes | checkpoint about 13 MB, ONNX about 13 MB, INT8 about 4 MB (about a quarter) |
# | Compare | INT8 a few times as fast as PyTorch (depends on the computer); accuracies within each other's uncertainty |
# | Exercise, LeNet, 20 epochs | validation accuracy 67%–69% |
#
# There are only 91 test pictures: one of them is 1.1 points. Two or three points apart, nobody can say which model is better.
#
# ## Usual misconceptions
#
# - **“Validation is the exam.”** It is looked at again and again, and settings are chosen by it; only the test pictures took part in no choice.
# - **“More epochs are better.”** Once the curve is flat, more training only learns the book by heart. Let someone try 30.
# - **“Quantizing makes the network smaller.”** As many layers, as many weights; what changes is the bytes of each weight.
# - **“90% is better than 88%.”** Ask first: how many pictures? Do the intervals overlap?
# - **“It is very sure, so it is right.”** Show it a photo of a chair: it must choose one of the six.
