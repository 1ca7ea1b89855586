# ---
# jupyter:
#   edukit:
#     number: 1
#     name: 01_first_model
#     minutes: 50
#     art: 🐼
#     zh:
#       title: 从图片到到处能跑的模型
#       chapter: 从图片到模型
#       summary: 教电脑认六种东西，转成 ONNX，用数字证明它没变，再拿自己的图片试一试。
#       steps: [图片, 训练, 转换, 比较, 你的图片]
#     en:
#       title: From pictures to a model that runs anywhere
#       chapter: From pictures to a model
#       summary: Teach a computer six kinds of things, convert it to ONNX, prove that it is still the same, and try your own picture.
#       steps: [Pictures, Train, Convert, Compare, Your picture]
# ---

# %% [markdown] tags=["zh"]
# <p class="ek-soft">第 01 课 · 50 分钟</p>
#
# # 从图片到到处能跑的模型
#
# 你要教一台电脑认东西，再把它学到的本领装进一个小文件。这个文件不用联网，换一台电脑、一块开发板、一个浏览器，照样能用。

# %% [markdown] tags=["en"]
# <p class="ek-soft">Lesson 01 · 50 minutes</p>
#
# # From pictures to a model that runs anywhere
#
# You are going to teach a computer to recognise things, and then pack what it has learnt into one small file. That file needs no internet, and it works just as well on another computer, on a development board or in a browser.

# %% [markdown] tags=["zh", "code"]
# [English](../en/01_first_model.ipynb) · 从上到下，选中一格，按 **Shift + Enter** 运行它。

# %% [markdown] tags=["en", "code"]
# [中文](../zh/01_first_model.ipynb) · Go from top to bottom: click a cell and press **Shift + Enter** to run it.

# %% tags=["setup"]
import edukit as ek
from edukit.widgets import CheckView, CompareView, ConvertView, DataView, Guess, MovePicture, Quiz, Steps, TrainView, TryView

# %% tags=["zh", "setup"]
lesson = ek.open_lesson("01_first_model", lang="zh")

# %% tags=["en", "setup"]
lesson = ek.open_lesson("01_first_model", lang="en")

# %% tags=["steps"]
Steps()

# %% [markdown] tags=["zh"]
# **学完这一课，你能够**：
#
# 1. 说清楚训练集、验证集和测试集各有什么用；
# 2. 训练一个网络，把它转换成 ONNX，再量化成 INT8；
# 3. 用测量，而不是用感觉，说明小模型还是不是原来那个模型。
#
# **需要**：这台电脑就够了，不用联网，也不用显卡。
#
# **你会做出**：一个几 MB 的模型文件 `best-int8.onnx`。

# %% [markdown] tags=["en"]
# **After this lesson you can:**
#
# 1. say what training, validation and test pictures are for;
# 2. train a network, convert it to ONNX and quantize it to INT8;
# 3. show by measuring, not by feeling, whether the small model is still the same model.
#
# **You need:** this computer; no internet, no graphics card.
#
# **You make:** `best-int8.onnx`, a model file of a few megabytes.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 你看见一张小猫的图，马上就知道是猫。可是没有人教过你“猫”的规则：几个像素、什么颜色、耳朵多少度。你是看了许多猫，自己学会的。
#
# 今天的电脑也是这样学的。手机相册会把照片按人分好，垃圾桶会认瓶子，病房里的仪器会看片子，靠的都是同一个办法：**给它看图片，让它自己学**。学会之后，还要把它搬出来，搬到真正要用的地方。这一课，我们把整条路走一遍。
#
# 下面是一个已经学好的模型。先跟它玩两分钟：它什么时候会认错？

# %% [markdown] tags=["en"]
# ## Why it matters
#
# You see a picture of a cat and know at once what it is. Yet nobody ever taught you the rules of “cat”: how many pixels, which colour, what angle of ear. You saw many cats, and you learnt.
#
# Computers learn in the same way today. A phone sorts photos by person, a bin knows a bottle, a machine in a hospital reads an X-ray, and all of them do it by one idea: **show it pictures and let it learn.** And once it has learnt, it has to get out, to the place where it is needed. In this lesson we walk the whole way.
#
# Here is a model that has finished learning. Play with it for two minutes: when does it get things wrong?

# %% tags=["view"]
MovePicture()

# %% [markdown] tags=["zh"]
# 有意思吧？房子横过来，你一眼还是认得出，它却可能说成别的东西。因为它学的图片里，房子几乎都是正着的。再换成蚂蚁转一转，它却怎么转都认得，为什么？**模型只知道它见过的世界**。记住这句话，以后每一课都会用到。

# %% [markdown] tags=["en"]
# Strange, isn't it? You still know a house that lies on its side; the model may call it something else, because nearly every house that it learnt from stood upright. Now turn the ant: it is known at every angle. Why the difference? **A model knows only the world that it was shown.** Keep that sentence: every later lesson comes back to it.

# %% tags=["view"]
Guess()

# %% [markdown] tags=["zh"]
# <a id="step-data"></a>
#
# ## 1 · 图片
#
# 一切从图片开始。我们有六个类别，每个类别有几十张小图，分成三组：
#
# - **训练集**是课本：网络从这里学；
# - **验证集**是随堂测验：一边学，一边看学得怎么样；
# - **测试集**是期末考试：到最后才用它打分。
#
# 为什么要分开？如果考试题和课本上的例题一模一样，背答案也能得满分，可那不叫学会。

# %% [markdown] tags=["en"]
# <a id="step-data"></a>
#
# ## 1 · Pictures
#
# Everything begins with pictures. We have six classes with a few dozen small pictures each, in three groups:
#
# - **training** is the textbook: the network learns from it;
# - **validation** is the short quiz in class: it shows how the learning goes;
# - **test** is the final exam: marks are given on it at the very end, and nowhere before.
#
# Why keep them apart? If the exam asks exactly the examples from the book, someone who learnt the answers by heart gets full marks without having understood a thing.

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
classes = dataset.classes
dataset

# %% [markdown] tags=["zh"]
# **你应该看到**：六个类别，每个类别一排小图。找一找：哪两个类别你觉得最容易弄混？

# %% [markdown] tags=["en"]
# **You should see:** six classes, a row of small pictures for each. Look closely: which two classes would you mix up most easily?

# %% tags=["view"]
DataView()

# %% [markdown] tags=["zh"]
# <a id="step-train"></a>
#
# ## 2 · 训练
#
# 网络里有几百万个数字，叫做**权重**。训练就是反复做三件事：看一批图片，猜答案，再把权重往“少错一点”的方向拧一点点。所有训练图片看完一遍，叫做一**轮**（epoch）。
#
# 我们用的 EfficientNet-Lite0 不是从零开始的：它以前看过一百多万张照片，已经会认边缘、颜色和形状，这叫**预训练**。我们只要教它最后一步：这些形状合起来，是六样东西里的哪一样。这就像已经认识笔画的人去学新字，当然快得多。

# %% [markdown] tags=["en"]
# <a id="step-train"></a>
#
# ## 2 · Train
#
# Inside a network are millions of numbers, its **weights**. Training repeats three things: look at some pictures, guess the answers, and turn the weights a tiny bit towards “less wrong”. When all training pictures have been seen once, one **epoch** is over.
#
# Our EfficientNet-Lite0 does not start from nothing. It has looked at more than a million photos before, so it knows edges, colours and shapes: it is **pretrained**. We teach it only the last step, which of our six things those shapes make. A person who knows the alphabet learns new words faster than one who does not.

# %% tags=["code"]
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.0005)
trained

# %% [markdown] tags=["zh"]
# **你应该看到**：验证准确率先很快上升，然后慢慢变平。换一台电脑，数字会有一点不同，这很正常。看两条线：虚线是课本（训练集），实线是测验（验证集）。哪条更高？为什么？

# %% [markdown] tags=["en"]
# **You should see:** the validation accuracy climbs quickly, then levels off. On another computer the exact number is a little different, and that is fine. Look at both lines: the dashed one is the textbook, the solid one the quiz. Which is higher, and why?

# %% tags=["view"]
TrainView()

# %% [markdown] tags=["zh"]
# <a id="step-convert"></a>
#
# ## 3 · 转换
#
# 你的模型现在住在 PyTorch 里。PyTorch 是做训练的大工厂，装好要占好几百 MB，小小的开发板可装不下。所以我们给模型搬家两次：
#
# 1. **转换**成 ONNX：一种大家都认识的格式，像 PDF 一样，谁都能打开；
# 2. **量化**成 INT8：把每个权重从 4 个字节四舍五入成 1 个字节，文件只剩大约四分之一。
#
# 搬家会不会摔坏东西？不能只靠相信，要检查。转换的时候会有一道**关卡**：用同样的图片问两个模型，回答不一样，就不写文件。这里只看两个模型的回答是否相同，不看对错，所以也可以用测试集的图片。

# %% [markdown] tags=["en"]
# <a id="step-convert"></a>
#
# ## 3 · Convert
#
# Your model now lives inside PyTorch. PyTorch is a big factory made for training; it fills hundreds of megabytes, far too much for a small board. So the model moves house twice:
#
# 1. **convert** to ONNX, a format that everyone can open, like PDF for documents;
# 2. **quantize** to INT8: each weight is rounded from 4 bytes to 1, so only about a quarter of the file is left.
#
# Does anything break on the way? We need not guess: we check. There is a **gate**: both models are asked about the same pictures, and if their answers differ, no file is written. Only whether they agree counts here, not whether they are right, so the test pictures may be asked already.

# %% tags=["code"]
onnx = ek.convert(trained.best, data=dataset.test)
small = ek.quantize(onnx, calibration=dataset.train)
small

# %% [markdown] tags=["zh"]
# **你应该看到**：ONNX 和原来的文件差不多大，INT8 小得多；ONNX 的回答和 PyTorch 全部相同。

# %% [markdown] tags=["en"]
# **You should see:** the ONNX file is about as large as the original, INT8 much smaller, and ONNX gives the same answers as PyTorch on every picture.

# %% tags=["view"]
ConvertView()

# %% [markdown] tags=["zh"]
# <a id="step-compare"></a>
#
# ## 4 · 比较
#
# 现在有三个模型。哪一个最快？小的那个变笨了吗？这一步，**测试集**终于出场：三个模型回答同样的题目，用同样多的处理器核心，轮流来，先热身再计时。这样才公平。
#
# 快慢用**毫秒**来量：认一张图片，从打开文件到说出答案，要多久。

# %% [markdown] tags=["en"]
# <a id="step-compare"></a>
#
# ## 4 · Compare
#
# Now there are three models. Which is the fastest? Did the small one get worse? At last the **test pictures** come out: all three answer the same questions with the same number of processor cores, in turn, and they warm up before the clock starts. Only then is it fair.
#
# Speed is measured in **milliseconds**: how long one picture takes, from opening the file to saying the answer.

# %% tags=["code"]
result = ek.compare([trained.best, onnx, small], dataset.test)
result

# %% [markdown] tags=["zh"]
# **你应该看到**：三个点。越往左越快，越往上越准。每个点上的竖线是误差范围：竖线互相重叠，就不能说谁更准。如果有图片换了答案，点开看一看：你自己分得清吗？

# %% [markdown] tags=["en"]
# **You should see:** three points. Further left is faster, further up is better. The upright line through each point is its uncertainty: where the lines overlap, nobody can say which model is better. If some pictures got another label, open them: could you tell?

# %% tags=["view"]
CompareView()

# %% [markdown] tags=["zh"]
# <a id="step-try"></a>
#
# ## 5 · 你的图片
#
# 轮到你了。选一张自己的图片，或者画一张拍下来。回答你的是那个 INT8 小文件，它不再需要 PyTorch。第二张小图是网络真正看到的样子：从中间裁出一个正方形，再缩放到 224×224。

# %% [markdown] tags=["en"]
# <a id="step-try"></a>
#
# ## 5 · Your picture
#
# Your turn. Choose a picture of your own, or draw one and take a photo. The small INT8 file answers; PyTorch is not needed any more. The second picture shows what the network really sees: a square from the middle, resized to 224 × 224.

# %% tags=["code"]
predictor = ek.load_model(small)
predictor.predict(dataset.test[0].path)

# %% tags=["view"]
TryView()

# %% [markdown] tags=["zh"]
# 试试六个类别以外的东西，比如一把椅子。它会老老实实说“不知道”吗？不会：它只能从六个里面挑一个。**很有把握，不等于答对**。

# %% [markdown] tags=["en"]
# Try something that is none of the six, a chair perhaps. Will it admit that it does not know? It cannot: it has to pick one of the six. **Being sure is not the same as being right.**

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明很高兴：“我的模型认表情符号这么准，那它认数字也一定行！”于是他拿手写数字来考它。许多程序会一声不响地给出一个分数，可那个分数毫无意义：模型的第 3 个答案是“表情”，数字集的第 3 个类别却是“2”。
#
# 每个 edukit 模型文件里都有一张**模型卡**，写着它认识哪些类别，所以这个错误会被当场拦住。在上面的“你的图片”里也能试：选一个不是图片的文件，看看它怎么说。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom is delighted: “My model knows emoji so well, surely it knows digits too!” So he gives it an exam of handwritten digits. Many programs would quietly print a score, and it would mean nothing: the model's third answer is “face”, while the third class of the digits is “2”.
#
# Every model file of edukit carries a **model card** that says which classes it knows, so this mistake is caught on the spot. You can also try one in “Your picture” above: choose a file that is not a picture and read what it says.

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
# 先猜一猜：它会比 EfficientNet-Lite0 好还是差，差多少？然后回到第 2 步，网络选 **LeNet**，轮数选 **20**，学习率选**自动**，再训练一次，比一比两次的准确率。做完以后，再用你最满意的设置训练、转换一次，让最好的模型成为最新的那个。

# %% [markdown] tags=["en"]
# ## Exercise
#
# How much does pretraining really help? Try a network that starts **from nothing**: LeNet has about sixty thousand weights and has never seen a picture.
#
# Guess first: will it be better or worse than EfficientNet-Lite0, and by how much? Then go back to step 2, choose **LeNet**, **20** epochs and the learning rate **automatic**, train again, and hold the two accuracies against each other. When you are done, train and convert once more with the settings that you like best, so that your best model is the newest.

# %% tags=["zh", "exercise"]
# 把 None 换成一行代码：用 LeNet 训练 20 轮，再运行下一格
# 加上 out=lesson.folder / "exercise", overwrite=True，练习就放进自己的文件夹，你的好模型还是最新的那个
mine = None

# %% tags=["en", "exercise"]
# Replace None by one line that trains LeNet for 20 epochs, then run the next cell
# Add out=lesson.folder / "exercise", overwrite=True: the exercise gets a folder of its own, and your good model stays the newest
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result = ek.evaluate(mine.best, dataset.test)
    assert mine.card.backbone == "LeNet", "网络应该是 LeNet"
    assert result.top1 > 1 / len(classes), "还不如瞎蒙：多训练几轮试试"
    print(f"LeNet 在测试集上认对了 {result.top1:.0%}。")

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result = ek.evaluate(mine.best, dataset.test)
    assert mine.card.backbone == "LeNet", "the network should be LeNet"
    assert result.top1 > 1 / len(classes), "no better than chance: try more epochs"
    print(f"LeNet is right on {result.top1:.0%} of the test pictures.")

# %% tags=["solution"]
mine = ek.train(dataset, backbone="LeNet", epochs=20, out=lesson.folder / "exercise", overwrite=True)
print(f"LeNet {ek.evaluate(mine.best, dataset.test).top1:.0%} · EfficientNet-Lite0 {ek.evaluate(trained.best, dataset.test).top1:.0%}")

# %% [markdown] tags=["zh"]
# ## 自己检查
#
# 下面检查的是**你自己的**文件：训练好了吗？转换以后还一样吗？变小了吗？还准吗？每一条都可能不通过。

# %% [markdown] tags=["en"]
# ## Check yourself
#
# This looks at **your own** files: is a model trained, is it the same after converting, is it smaller, is it still right? Every line can fail.

# %% tags=["view"]
CheckView()

# %% tags=["view"]
Quiz("lesson_01")

# %% tags=["view"]
Guess(recall=True)

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 训练集用来学，验证集用来边学边测，测试集留到最后考试；
# - 训练得到检查点（.pth），转换得到 ONNX，量化得到只有四分之一大小的 INT8；
# - 更快、更小、还一样准吗？用同样的图片、同样的线程数去测，再看误差范围。
#
# 你的模型已经保存在这台电脑上，第 3 步里写着它在哪个文件夹；后面的课会接着用它。
#
# **下一课**：做自己的图像数据集。想一想：你最想让电脑认什么？

# %% [markdown] tags=["en"]
# ## Summary
#
# - Training pictures are for learning, validation pictures for watching, test pictures for the one exam at the end.
# - Training gives a checkpoint (.pth), converting gives ONNX, quantizing gives INT8 at a quarter of the size.
# - Faster, smaller, and still as good? Measure with the same pictures and the same number of threads, and look at the uncertainty.
#
# Your model is saved on this computer, in the folder that step 3 names; later lessons go on with it.
#
# **Next lesson:** make your own image dataset. Think about it: what would you like a computer to recognise?
