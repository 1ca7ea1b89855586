# ---
# jupyter:
#   edukit:
#     minutes: 50
#     art: 🧳
#     title:
#       zh: 从 XEdu 来
#       en: Coming from XEdu
#     chapter:
#       zh: 带着旧作品来
#       en: Bring what you have
#     summary:
#       zh: 带上一个旧的 MMEdu 模型：运行它，转换它，比较它，再接着训练它。
#       en: Bring an old MMEdu model, run it, convert it, compare it, and let it go on learning.
#     steps:
#       - {name: data, minutes: 7, zh: 旧模型认什么, en: What the old model knows}
#       - {name: squash, minutes: 10, zh: 压扁还是裁剪, en: Squash or crop}
#       - {name: train, minutes: 7, zh: 接着训练, en: Go on training}
#       - {name: convert, minutes: 6, zh: 转换, en: Convert}
#       - {name: compare, minutes: 6, zh: 比较, en: Compare}
#     needs: {dataset: shapes, artefacts: [checkpoint]}
#     leaves: [checkpoint, onnx, int8]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 你以前用 XEdu 写过程序、训练过模型？它们没有白费。MMEdu 在新的 Python 上已经装不上了，可是你的脚本和 `.pth` 文件还能用。这一课带来一个真的旧模型，让它重新工作。
#
# **学完这一课，你能够**：
#
# 1. 让一个旧的 XEdu 脚本在 edukit 里跑起来，并说出改了哪几行；
# 2. 把 MMEdu 的 `.pth` 转换成 ONNX，用测量说明它还是原来那个模型；
# 3. 说清楚为什么“图片怎么准备”必须和训练时一样。
#
# **需要**：这台电脑就够了。没有旧模型也行，课里带着一个；有的话，把自己的拿来更好。**你会做出**：旧模型的 ONNX 和 INT8 文件，还有一个接着训练过的新模型。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Have you written programs and trained models with XEdu? Nothing of it is lost. MMEdu can no longer be installed on a current Python, but your scripts and your `.pth` files still work. This lesson brings a real old model back to life.
#
# **After this lesson you can:**
#
# 1. make an old XEdu script run with edukit, and say which lines changed;
# 2. convert a `.pth` of MMEdu's to ONNX and show by measuring that it is still the same model;
# 3. explain why pictures must be prepared as they were in training.
#
# **You need:** this computer. A model comes with the lesson; if you have one of your own, all the better. **You make:** the old model as ONNX and INT8, and a new model that went on learning from it.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 软件会变老，模型不会：它只是一堆数字。数字还在，说明还在（有几层、认识哪些类别、图片怎么准备），换一套软件也能算出同样的答案。
#
# 难就难在“说明”。搬家的时候少抄一行，程序不报错，答案却悄悄错了。真的有人拿 MMEdu 的模型、用另一种办法缩放图片，30 张宽图片里只有 2 张的答案还一样。所以这一课不光要让旧模型**跑起来**，还要**证明**它没变。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# Software grows old; a model does not: it is a heap of numbers. As long as the numbers are there, and the description with them (which layers, which classes, how pictures are prepared), other software can work out the same answers.
#
# The description is the hard part. Leave out one line of it, and nothing fails, but the answers are quietly wrong. Somebody ran a model of MMEdu's with pictures resized in another way: of 30 wide pictures, only 2 got the same answer. So in this lesson the old model shall not only **run**; you will also **prove** that it is unchanged.

# %% [raw] tags=["guess"]
# name: after_more_training
# question:
#   zh: 旧模型在验证图片上只认对 53%。再给它看 120 张图片、接着训练 30 轮，能认对百分之多少？
#   en: The old model gets 53% of the validation pictures right. It goes on learning from 120 pictures for 30 epochs. How many per cent then?
# choices:
# - {value: 53, zh: 大约 53%：旧模型学不动了, en: "about 53: an old model learns nothing new"}
# - {value: 72, zh: 大约 72%：好了不少, en: "about 72: a good deal better"}
# - {value: 100, zh: 100%：图形这么简单, en: "100: the shapes are so simple"}
# later:
#   zh: 你的猜测已经记下来了。接着训练以后，我们再来看。
#   en: Your guess is kept. We come back to it when the model has gone on learning.
# measured: validation_accuracy
# close_to: 10
# close:
#   zh: 你猜大约 {guess}%，你的模型在验证图片上认对了 {measured}%。猜得真准！
#   en: You guessed about {guess}%; your model got {measured}% of the validation pictures right. Well guessed!
# apart:
#   zh: 你猜大约 {guess}%，你的模型在验证图片上认对了 {measured}%。和你想的不一样——为什么呢？
#   en: "You guessed about {guess}%; your model got {measured}% of the validation pictures right. Not what you thought: why might that be?"

# %% [markdown] tags=["zh"]
# ## [[data]]
#
# 我们的旧模型是 MMEdu 2.0 训练的 LeNet，认识圆、正方形和三角形。先看看图片：它们有高有矮，有宽有窄。
#
# 旧脚本只改**导入的那一行**，后面一个字也不用动：
#
# | 原来 | 现在 |
# |---|---|
# | `from MMEdu import MMClassification as cls` | `from edukit.xedu import MMClassification as cls` |
# | `from BaseNN import nn` | `from edukit.xedu import nn` |
# | `from XEdu.hub import Workflow as wf` | `from edukit.xedu import Workflow as wf` |
#
# 在终端里输入 `edukit xedu 旧脚本.py`，电脑替你改好，存成一个新文件，旧文件原样不动。
#
# <details><summary>别人发来的 .pth，打开它安全吗？</summary>
#
# `.pth` 里有一种叫 pickle 的东西，它不只是数据，还能命令电脑**运行程序**。edukit 只把它当数据读：先看清单，多要一样东西就拒绝，绝不运行。
#
# </details>

# %% [markdown] tags=["en"]
# ## [[data]]
#
# Our old model is a LeNet that MMEdu 2.0 trained; it knows circles, squares and triangles. Look at the pictures first: some are tall, some wide.
#
# In an old script only the **import line** changes, and not a letter after it:
#
# | Before | Now |
# |---|---|
# | `from MMEdu import MMClassification as cls` | `from edukit.xedu import MMClassification as cls` |
# | `from BaseNN import nn` | `from edukit.xedu import nn` |
# | `from XEdu.hub import Workflow as wf` | `from edukit.xedu import Workflow as wf` |
#
# Type `edukit xedu old.py` in a terminal, and the computer does it for you, in a new file; the old one stays as it is.
#
# <details><summary>Is it safe to open a .pth that somebody sent?</summary>
#
# Inside a `.pth` is a so-called pickle, which is more than data: it can tell the computer to **run a program**. edukit reads it as data alone. It looks at the list of what the file asks for, refuses whatever weights do not need, and runs nothing.
#
# </details>

# %% tags=["code"]
dataset = ek.load_dataset("shapes")
model = dataset.folder / "model" / "shapes.pth"
ek.info(model)

# %% tags=["code"]
from edukit.xedu import MMClassification as cls

predictor = cls(backbone="LeNet")
result = predictor.inference(image=str(dataset.validation[0].path), checkpoint=str(model), show=False)
predictor.print_result(result)

# %% tags=["code"]
(lesson.folder / "old.py").write_text("from MMEdu import MMClassification as cls\nmodel = cls('LeNet')\n")
ek.rewrite_imports(lesson.folder / "old.py", overwrite=True).changes

# %% tags=["view"]
lesson.view("data")

# %% [markdown] tags=["zh"]
# **你应该看到**：三个类别，训练 120 张，验证 36 张，测试 18 张。按“检查这些图片”，把每一张都打开看一遍。在笔记本里，`info` 认出了这是 LeNet5（MMEdu 叫它 LeNet），脚本的输出和 MMEdu 一模一样：`标签`、`置信度`、`预测结果`。
#
# **用自己的模型**：把第一格里的 `model` 换成你的 `.pth` 的路径，`"shapes"` 换成你的数据集文件夹。LeNet、MobileNet、ResNet18、ResNet50 和 RegNet 都认得。

# %% [markdown] tags=["en"]
# **You should see:** three classes; 120 pictures to train, 36 to validate, 18 to test. Press “Check these pictures”, and every one is opened once. In the notebook `info` has recognised LeNet5 (MMEdu calls it LeNet), and the script prints what it printed with MMEdu, in Chinese: label, confidence, result.
#
# **With a model of your own:** put the path of your `.pth` in the place of `model` and your folder of pictures in the place of `"shapes"`. LeNet, MobileNet, ResNet18, ResNet50 and RegNet are recognised.

# %% [markdown] tags=["zh"]
# ## [[squash]]
#
# 网络只收一种大小：LeNet 要 32×32。宽图片怎么办？有两种做法：
#
# - **压扁**：整张硬塞进正方形。什么都在，可是圆变成了椭圆；
# - **裁剪**：只留中间的正方形。圆还是圆，可是两边没了。
#
# 哪一种好？先猜一猜：把图片慢慢加宽，哪一种会先认错？然后动手，做完下面三个挑战。回答你的，就是那个旧模型。

# %% [markdown] tags=["en"]
# ## [[squash]]
#
# A network takes one size only; LeNet wants 32 × 32. What about a wide picture? There are two ways:
#
# - **squash** it into the square: everything is still there, but a circle becomes an ellipse;
# - **crop** the square in the middle: a circle stays a circle, but the sides are gone.
#
# Which is better? Guess first: as the picture slowly grows wider, which way will be wrong first? Then try it, and solve the three challenges. The one who answers is the old model.

# %% tags=["view"]
lesson.view("squash")

# %% [markdown] tags=["zh"]
# **你应该看到**：圆在正方形的图片里认得出；图片宽到两倍左右，压扁的圆被说成“三角形”，裁剪的还是“圆”。可是把圆拖到边上，裁剪就把它丢了——而模型照样回答，还挺有把握。
#
# 两种做法各有各的毛病。**没有“对”的准备，只有“和训练时一样”的准备**：模型从哪种图片学来，就该用哪种图片去问它。MMEdu 训练 LeNet 时是压扁的，训练 MobileNet 时是裁剪的；edukit 认出是哪个网络，就照着做，还把它写进新文件的模型卡里。
#
# <details><summary>正方形为什么总是认错？</summary>
#
# 这个旧模型本来就没学好，36 张验证图片只对了 19 张。它把竖长的东西都当成“正方形”：它记住的不是四个角，而是别的线索。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** in a square picture the circle is known. When the picture is about twice as wide as high, the squashed circle is called a triangle; the cropped one is still a circle. But drag the circle to the side, and the crop loses it, while the model answers all the same, and rather surely.
#
# Each way has its fault. **No preparation is the right one; right is the one used in training:** ask a model with pictures like those that it learnt from. MMEdu squashes for LeNet and crops for MobileNet. edukit recognises the network, does the same, and writes it into the model card of every new file.
#
# <details><summary>Why is the square hardly ever right?</summary>
#
# The old model had not learnt much: 19 of 36 validation pictures are right. It calls tall things squares. What it remembers is not the four corners, but some other clue.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 验证图片只认对 53%，可不算好。好在旧的权重能当新的起点：勾上**接着旧模型训练**，轮数选 **30**，学习率 **0.002**。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# 53% of the validation pictures is not good. But old weights can be a new start: tick **Go on from the old model**, and choose **30** epochs and the learning rate **0.002**.

# %% tags=["code"]
trained = ek.train(dataset, backbone="LeNet5", epochs=30, lr=0.002, checkpoint=model)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：验证准确率从五成多升到七成上下。旧模型的文件一个字节也没动，新模型放在你自己的文件夹里。

# %% [markdown] tags=["en"]
# **You should see:** the validation accuracy climbs from about a half to about seven tenths. Not a byte of the old model's file has changed; the new model lies in your own folder.

# %% [markdown] tags=["zh"]
# ## [[convert]]
#
# 旧模型、新模型都是 PyTorch 的文件。转换成 ONNX，就不再需要 PyTorch；量化成 INT8，文件更小。先转换**旧的**，证明它没变：请四份文件回答同样的 36 张验证图片，其中一份是 MMEdu 自己当年转换的 ONNX。

# %% [markdown] tags=["en"]
# ## [[convert]]
#
# The old model and the new one are files for PyTorch. As ONNX they no longer need PyTorch, and as INT8 they are smaller. First the **old** one, and the proof that it is unchanged: four files answer the same 36 validation pictures, one of them the ONNX that MMEdu itself once wrote.

# %% tags=["code"]
onnx = ek.convert(model, lesson.folder / "old.onnx", data=dataset)
small = ek.quantize(onnx, calibration=dataset.train)
images = [sample.path for sample in dataset.validation]
labels = [[one.label for one in ek.predict(path, images)] for path in (model, model.with_suffix(".onnx"), onnx, small)]
print([sum(a == b for a, b in zip(labels[0], answers)) for answers in labels])

# %% [markdown] tags=["zh", "code"]
# **你应该看到**：`[36, 36, 36, 36]`，四份文件的回答一张不差。然后转换新模型：

# %% [markdown] tags=["en", "code"]
# **You should see:** `[36, 36, 36, 36]`: four files, and not one answer differs. Then the new model:

# %% tags=["code"]
onnx = ek.convert(trained.best, data=dataset)
small = ek.quantize(onnx, calibration=dataset.train)
small

# %% tags=["view"]
lesson.view("convert")

# %% [markdown] tags=["zh"]
# **你应该看到**：18 张的回答全部相同，数值的差别小于 0.000001。ONNX 约 250 KB，INT8 约 80 KB。还没有接着训练就按这个按钮，转换的就是旧模型，结果也一样：四份文件、36 张验证图片，回答一张不差。
#
# 模型搬了家，还是原来那个模型：**连错误都一样**，这正是“没有变”的证明。
#
# <details><summary>旧的检查点有 500 KB，为什么比 ONNX 大一倍？</summary>
#
# MMEdu 把优化器的数字也存了进去，为的是接着训练。推理用不着，ONNX 里就没有了。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** the same answer on all 18 pictures, and numbers that differ by less than 0.000001. ONNX has about 250 KB, INT8 about 80 KB. Pressed before any training, the button converts the old model, and that goes just as well: four files, 36 validation pictures, not one answer differs.
#
# The model has moved and is still the same: **even its mistakes are the same**, and that is the proof.
#
# <details><summary>The old checkpoint has 500 KB. Why twice as much as ONNX?</summary>
#
# MMEdu saved the numbers of its optimizer as well, for going on with the training. Answers do not need them, so ONNX has none.
#
# </details>

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明的文件名叫 `latest.pth`，他记不清是哪个网络了，就写 `cls("MobileNet")`。在 MMEdu 里，这一行不会报错：转换出来的 ONNX 里全是**随机的数字**，他带着它参加了展示……edukit 从权重的名字和形状看出真正的网络，当场拦住。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom's file is called `latest.pth`, and he no longer knows which network it was. He writes `cls("MobileNet")`. MMEdu did not complain: the ONNX file that it wrote was full of **random numbers**, and Tom took it to the exhibition. edukit reads the true network off the names and shapes of the weights and stops on the spot.

# %% tags=["code", "mistake"]
try:
    cls("MobileNet").convert(checkpoint=str(model), out_file=str(lesson.folder / "wrong.onnx"))
except ek.EdukitError as error:
    print(error)

# %% [markdown] tags=["zh"]
# ## 练习
#
# 旧的权重真的有用吗？**从头**训练一个同样的网络：同样 30 轮，同样的学习率，只是不接着旧模型。先猜一猜，它会高还是低？在[[train]]里去掉那个勾，网络选 **LeNet5**；或者在笔记本里写一行代码。

# %% [markdown] tags=["en"]
# ## Exercise
#
# Are the old weights really of use? Train the same network **from nothing**: the same 30 epochs and rate, only without the old model. Guess first: higher or lower? Untick the box in [[train]] and choose **LeNet5**, or write one line in the notebook.

# %% tags=["zh", "exercise"]
# 把 None 换成一行代码：从头训练 LeNet5。out=lesson.exercise() 会把它放进单独的文件夹
mine = None

# %% tags=["en", "exercise"]
# Replace None by one line that trains LeNet5 from nothing; out=lesson.exercise() puts it into a folder of its own
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    assert mine.card.backbone == "LeNet5", "网络应该是 LeNet5"
    assert len(mine.history) == len(trained.history), "轮数要和接着训练时一样，才公平"
    assert mine.card.preprocess == trained.card.preprocess, "图片的准备也要一样"
    print(f"从头：{mine.card.metrics['val_top1']:.0%}，接着：{trained.card.metrics['val_top1']:.0%}")

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    assert mine.card.backbone == "LeNet5", "the network should be LeNet5"
    assert len(mine.history) == len(trained.history), "as many epochs as before, to be fair"
    assert mine.card.preprocess == trained.card.preprocess, "prepare the pictures in the same way"
    print(f"From nothing {mine.card.metrics['val_top1']:.0%}, going on {trained.card.metrics['val_top1']:.0%}")

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
dataset = ek.load_dataset("shapes")
model = dataset.folder / "model" / "shapes.pth"
mine = [ek.train(dataset, backbone="LeNet5", epochs=30, lr=0.002, checkpoint=start) for start in (model, None)]
for trained in mine:
    print(f"{trained.card.metrics['val_top1']:.0%}")

# %% [markdown] tags=["zh", "solution"]
# 接着旧模型训练，验证准确率大约 69%–75%；从头训练只有 58% 左右。旧模型虽然只对了一半，它的第一层已经会看边缘了，不必从零学起。

# %% [markdown] tags=["en", "solution"]
# Going on from the old model reaches about 69%–75% of the validation pictures; from nothing only about 58%. The old model was right no more than half of the time, but its first layers see edges already, and that need not be learnt again.

# %% [markdown] tags=["zh"]
# ## [[compare]]
#
# 最后是考试，**测试图片**现在才出场：在“用哪个模型”里选好接着训练的那一个。三个文件回答同样的 18 张图片，比准不准，也比快慢。

# %% [markdown] tags=["en"]
# ## [[compare]]
#
# The exam comes last, and only now the **test pictures**: under “Which model” choose the one that went on learning. Its three files answer the same 18 pictures, for accuracy and for speed.

# %% tags=["code"]
result = ek.compare([trained.best, onnx, small], dataset.test)
result

# %% tags=["view"]
lesson.view("compare")

# %% [markdown] tags=["zh"]
# **你应该看到**：18 张里认对 12 到 14 张，旧模型只对 10 张；ONNX 比 PyTorch 快两倍多（换一台电脑会不同）。再看误差范围：18 张太少，竖线都很长。验证图片上的进步也是同一个方向，这才让人放心一些。

# %% [markdown] tags=["en"]
# **You should see:** 12 to 14 of 18 right, where the old model got 10; ONNX is more than twice as fast as PyTorch (on another computer, somewhat different). Look at the uncertainty too: 18 pictures are few, and the upright lines are long. The validation pictures point the same way, and that makes it more credible.

# %% [markdown] tags=["zh"]
# ## 自己检查
#
# 下面检查的是**你自己的**文件：接着训练的模型、它的 ONNX 和 INT8。每一条都可能不通过。

# %% [markdown] tags=["en"]
# ## Check yourself
#
# This looks at **your own** files: the model that went on learning, its ONNX and its INT8. Every line can fail.

# %% [raw] tags=["check"]
# checks:
# - {check: trained}
# - {check: smaller, times: 2.5}
# - {check: same_answers, at_least: 0.9}
# - {check: accurate, at_least: 0.6}
# passed:
#   zh: 全部通过：旧模型有了新生命！
#   en: "All passed: the old model has a new life!"
# failed:
#   zh: 还没有全部通过。接着旧模型训练 30 轮，再转换一次，然后再来检查。
#   en: Not all passed. Go on from the old model for 30 epochs, convert again, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 一个 MMEdu 的旧脚本，要改哪里才能用 edukit 运行？
#     en: What must be changed in an old MMEdu script so that it runs with edukit?
#   choices:
#   - zh: 只改导入的那一行
#     en: The import line, and nothing else
#     right: true
#     why:
#       zh: 对！后面的名字、参数和返回值都一样，`edukit xedu` 还能替你改。
#       en: Right! Names, arguments and results stay the same, and `edukit xedu` does it for you.
#   - zh: 每一行都要改写
#     en: Every line must be written anew
#     why:
#       zh: 不用。train、inference、convert 的名字和参数都和原来一样。
#       en: No. train, inference and convert keep their names and arguments.
#   - zh: 先装回 Python 3.8 和 MMEdu
#     en: Python 3.8 and MMEdu must be installed again
#     why:
#       zh: 不需要。edukit 直接读 MMEdu 的文件，不用装 MMEdu。
#       en: There is no need. edukit reads the files of MMEdu without MMEdu.
# - question:
#     zh: 一个模型是用压扁的图片训练的。现在要用它认宽图片，应该怎么准备图片？
#     en: A model was trained on squashed pictures. How should a wide picture be prepared for it?
#   choices:
#   - zh: 裁剪，因为裁剪不会变形
#     en: "By cropping: it does not distort"
#     why:
#       zh: 不变形也没用：模型学的就是压扁的样子，而且两边会丢掉。
#       en: That does not help. The model learnt squashed shapes, and a crop loses the sides.
#   - zh: 压扁，和训练时一样
#     en: "By squashing: as in training"
#     right: true
#     why:
#       zh: 对！准备的办法是模型的一部分，所以 edukit 把它写在模型卡里。
#       en: "Right! The preparation is part of the model; that is why edukit writes it on the model card."
#   - zh: 都可以，模型会自己适应
#     en: "Either way: the model adapts"
#     why:
#       zh: 模型里的数字不会变，变的只有答案。你在挑战里已经看到了。
#       en: Its numbers do not change; only its answers do. You saw it in the challenges.
# - question:
#     zh: 转换以后，新文件和旧模型在 18 张图片上的答案全部相同，连错的也一样。这说明什么？
#     en: After the conversion the new file gives the same answers as the old model on all 18 pictures, the wrong ones too. What does that show?
#   choices:
#   - zh: 转换失败了，错误应该消失
#     en: "The conversion failed: mistakes should be gone"
#     why:
#       zh: 转换只是搬家，不会让模型变聪明。要改错，得接着训练。
#       en: Converting moves a model; it does not make it wiser. That takes training.
#   - zh: 模型已经足够好了
#     en: The model is good enough
#     why:
#       zh: 答案相同和答案正确是两回事：这里只对了 10 张。
#       en: The same is not the same as right. Only 10 of them are right.
#   - zh: 搬家没有弄坏它：还是原来那个模型
#     en: "Nothing broke on the way: it is still the same model"
#     right: true
#     why:
#       zh: 对！先证明“没有变”，再去想怎么变好。
#       en: "Right! First prove that nothing changed; then think of how to make it better."

# %% tags=["view"]
lesson.view("recall", "after_more_training")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 旧脚本只改导入的那一行，`edukit xedu` 替你改；后面的名字和结果都不变；
# - MMEdu 的 `.pth` 可以直接预测、转换、比较；答案一张不变，连错误都一样，就证明它还是原来那个模型；
# - 图片怎么准备是模型的一部分：压扁还是裁剪，要和训练时一样。
#
# 你的模型保存在这台电脑上。想一想：你电脑里还有哪些旧作品，值得带过来？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - In an old script only the import line changes, and `edukit xedu` does it; names and results stay.
# - A `.pth` of MMEdu's is predicted with, converted and compared as it is; the same answers, even the same mistakes, prove that it is still the same model.
# - How pictures are prepared is part of a model: squash or crop, as in training.
#
# Your model is saved on this computer. Think about it: what other old work of yours is worth bringing along?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。课前请学生把自己以前的脚本和 `.pth` 找出来；没有的用课里带的。
#
# - **引入（5 分钟）**：问一问：谁还有以前训练的模型？还打得开吗？
# - **旧模型认什么**：把一个旧脚本投到屏幕上，请学生指出要改哪一行。
# - **压扁还是裁剪**：先举手投票哪一种好，再动手。三个挑战做完，投一次票：这时应该有人说“要看训练时是哪一种”。
# - **接着训练**：大约 5 到 10 秒。先猜，再按。
# - **转换**：按钮按下去几秒就好，时间留给一句话：“连错误都一样”为什么是好事？
# - 练习可以两人一组：一个接着训练，一个从头训练，比谁高。
#
# ## 会看到什么数字
#
# 在一台两核的电脑上，随机种子 0、1、2：
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 图片 | 三类，训练 120 张，验证 36 张，测试 18 张 |
# | 旧模型 | 验证 53%（36 张对 19 张），测试 56%（18 张对 10 张） |
# | 转换 | 18 张回答相同；数值最多差 0.0000004；笔记本里打印 [36, 36, 36, 36] |
# | 文件大小 | 检查点 496 KB，ONNX 250 KB，INT8 79 KB（大约三分之一：网络很小，说明占的比例就大） |
# | 比较 | 三个文件的回答全部相同；ONNX 的速度是 PyTorch 的两倍多 |
# | 接着训练，30 轮，学习率 0.002 | 验证 69%–75%，测试 67%–78% |
# | 从头训练，同样的设置 | 验证 58%，测试 50%–67% |
#
# 挑战：圆，大小不变，宽度 200% 左右开始压扁以后认错；宽度 300%、位置 100%，裁剪里看不见图形；圆 150% 或三角形任何宽度，两种都认对。
#
# ## 常见的误解
#
# - **“旧模型不准，是 edukit 弄坏的。”** MMEdu 当年的回答就在 `mmedu-answers.json` 里，一张一张都一样。
# - **“裁剪一定比压扁好。”** 要看模型是怎么学的，也要看东西在不在中间。
# - **“转换会让模型变好（或变差）。”** 转换只是搬家。
# - **“`.pth` 只是数据，谁发来的都能打开。”** 用普通办法打开，等于运行对方写的程序。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. Ask students beforehand to look for scripts and `.pth` files of their own; the others use the one that comes along.
#
# - **Opening (5 minutes):** who still has a model from earlier? Does it still open?
# - **What the old model knows:** an old script on the screen; students point at the line that must change.
# - **Squash or crop:** vote first which is better, then try. Vote again after the three challenges: by now somebody should say that it depends on the training.
# - **Go on training:** about 5 to 10 seconds. Guess first.
# - **Convert:** the button takes seconds. Give the time to one question: why are the same mistakes good news?
# - The exercise works in pairs: one goes on from the old model, the other starts from nothing.
#
# ## Figures to expect
#
# On a computer with two cores, random seeds 0, 1 and 2:
#
# | Where | About |
# |---|---|
# | Pictures | three classes: 120 to train, 36 to validate, 18 to test |
# | The old model | validation 53% (19 of 36), test 56% (10 of 18) |
# | Convert | the same answer on all 18; the numbers differ by 0.0000004 at most; the notebook prints [36, 36, 36, 36] |
# | Sizes | checkpoint 496 KB, ONNX 250 KB, INT8 79 KB (about a third: the network is small, so its description weighs more) |
# | Compare | all three files give the same answers; ONNX is more than twice as fast as PyTorch |
# | Go on, 30 epochs, rate 0.002 | validation 69%–75%, test 67%–78% |
# | From nothing, the same settings | validation 58%, test 50%–67% |
#
# Challenges: the circle, its size unchanged, is wrong when squashed from a width of about 200%; at width 300% and place 100% the crop shows none of it; the circle at 150%, or the triangle at any width, is right both ways.
#
# ## Usual misconceptions
#
# - **“edukit spoilt the old model.”** What MMEdu once answered stands in `mmedu-answers.json`, and it is the same on every picture.
# - **“Cropping is better than squashing.”** It depends on how the model learnt, and on whether the thing is in the middle.
# - **“Converting makes a model better (or worse).”** It only moves it.
# - **“A `.pth` is data; anybody's can be opened.”** Opened in the plain way, it runs what its author wrote.
