# ---
# jupyter:
#   edukit:
#     minutes: 50
#     art: deer bucket police_car
#     title:
#       zh: model.eval()：猫怎么变成了桶
#       en: "model.eval(): the cat that becomes a bucket"
#     chapter:
#       zh: 训练与理解
#       en: Train and understand
#     summary:
#       zh: 忘了一行代码，猫就成了桶。亲手算一算批归一化和 Dropout，看清训练模式和评估模式差在哪里。
#       en: One forgotten line turns a cat into a bucket. Work out batch normalisation and Dropout by hand, and see what the two modes do.
#     steps:
#       - {name: train, minutes: 7, zh: 一个好好的网络, en: A network that works}
#       - {name: mode, minutes: 18, zh: 两个开关, en: Two switches}
#       - {name: convert, minutes: 6, zh: 关好开关再出门, en: Switched off before it leaves}
#     needs: {dataset: emoji, lesson: 01_first_model}
#     leaves: [checkpoint, onnx, int8]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 有人训练好一个网络，拿一张猫的照片考它。它回答：**桶**。同一个网络转成 ONNX 再问，回答：虎斑猫。网络没坏，照片没换，只是少写了一行 `model.eval()`。
#
# **学完这一课，你能够**：
#
# 1. 说出训练模式和评估模式下，批归一化和 Dropout 各做什么；
# 2. 用三个数亲手算一次批归一化和 Dropout；
# 3. 发现一个网络忘了 `eval()`，并说出后果。
#
# **需要**：这台电脑就够了，前面的课没做也可以。**你会做出**：一个模型，在两种模式下各考一次；还有它的 ONNX 文件。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Someone trained a network and showed it the photo of a cat. Its answer: **bucket**. The same network as an ONNX file said: tabby cat. The network was not broken and the photo was the same. Only one line was missing: `model.eval()`.
#
# **After this lesson you can:**
#
# 1. say what batch normalisation and Dropout do in training mode and in eval mode;
# 2. work out both by hand, with three numbers;
# 3. recognise a network whose `eval()` was forgotten, and say what that costs.
#
# **You need:** this computer; the earlier lessons are not required. **You make:** a model that is examined in both modes, and its ONNX file.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 这件事真的发生过，写在一篇公开的教程里。网络是认识一千种东西的 ResNet18，三个最好的回答是：
#
# | 网络 | 第一 | 第二 | 第三 |
# |---|---|---|---|
# | 忘了 `eval()` | 桶 0.8% | 手压皮碗泵 0.7% | 钩爪 0.6% |
# | ONNX | 虎斑猫 28% | 埃及猫 18% | 猞猁 17% |
#
# 最麻烦的是：程序**不报错**。它照样给出答案，只是答案是乱的。这样的错误要靠人看出来，所以要懂它是怎么来的。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# This really happened; it stands in a public tutorial. The network was a ResNet18 that knows a thousand things, and its three best answers were:
#
# | network | first | second | third |
# |---|---|---|---|
# | without `eval()` | bucket 0.8% | plunger 0.7% | hook 0.6% |
# | ONNX | tabby cat 28% | Egyptian cat 18% | lynx 17% |
#
# The worst of it: **no error appears.** The program answers as usual, only the answer is nonsense. A person has to notice, and so has to know where it comes from.

# %% [raw] tags=["guess"]
# name: without_eval
# question:
#   zh: 我们的网络平时 100 张能认对大约 85 张。忘了 eval()，一张一张地问它，还能认对几张？
#   en: Our network usually gets about 85 of 100 pictures right. Without eval(), asked one picture at a time, how many are left?
# choices:
# - {value: 80, zh: 大约 80 张：差一点, en: "about 80: a little fewer"}
# - {value: 50, zh: 大约 50 张：差很多, en: "about 50: far fewer"}
# - {value: 15, zh: 大约 15 张：和瞎蒙一样, en: "about 15: no better than chance"}
# later:
#   zh: 你的猜测已经记下来了。答案在“换个模式考一考”的那张表里：自己对一对。
#   en: Your guess is kept. The table in “An exam in each mode” has the answer; hold the two against each other.

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 先要有一个好网络。EfficientNet-Lite0 是预训练的，学最后一层只要几秒到半分钟。它有 **49 层批归一化**，正好拿来做实验。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# First we need a good network. EfficientNet-Lite0 is pretrained; its last layer learns in seconds. It has **49 layers of batch normalisation**, just right for our experiment.

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
classes = dataset.classes
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：验证准确率 85% 左右。edukit 测验证集的时候，每次都先换到评估模式，所以这个数字是可信的。

# %% [markdown] tags=["en"]
# **You should see:** a validation accuracy of about 85%. Before edukit measures, it always switches to eval mode, so this figure can be trusted.

# %% [markdown] tags=["zh"]
# ## [[mode]]
#
# 网络里有两种层，上课和考试时做的事不一样。
#
# **批归一化**（BatchNorm）让每个特征的数值不要太大也不要太小：减去平均，再除以波动（标准差）。问题是：谁的平均？
#
# - 训练模式：**这一批**图片的平均，现算；
# - 评估模式：训练时一点点记下来的平均，**不看**同一批里还有谁。
#
# **Dropout** 在训练时随机丢掉一部分特征，逼着网络不要只靠某一个特征；考试时一个也不丢。
#
# 先猜：训练模式下，只放一张图片，减去平均以后会剩下什么？然后拖一拖，完成四个挑战。

# %% [markdown] tags=["en"]
# ## [[mode]]
#
# Two kinds of layers do one thing in class and another in the exam.
#
# **Batch normalisation** (BatchNorm) keeps each feature from growing too large or too small: it takes away the mean and divides by the spread (the standard deviation). But whose mean?
#
# - training mode: that of **this batch**, worked out on the spot;
# - eval mode: the mean that was noted little by little during training, **whoever** else is in the batch.
#
# **Dropout** throws away some features at random during training, so that the network does not lean on a single one. In the exam none is thrown away.
#
# Guess first: in training mode, with one picture alone, what is left once the mean is taken away? Then move the sliders, and solve the four challenges.

# %% tags=["view"]
lesson.view("mode")

# %% [markdown] tags=["zh"]
# **你应该看到**：评估模式下，同伴换了、骰子换了，答案都不变。训练模式下，独自一张的时候，不管是鹿还是船，都说“食物”，把握 18%：平均就是它自己，减完全是 0，所有图片变成了一个样子。同伴越多、越杂，答案越接近正常；同伴全是同一类，又会认错，因为“这一类共有的样子”恰好被减掉了。
#
# <details><summary>为什么 Dropout 留下的数要放大？</summary>
#
# 丢掉一半，加起来就只剩一半。所以留下的要除以 0.5，也就是乘 2，总和才和平时差不多。评估时就什么都不用改了。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** in eval mode neither the companions nor the dice change the answer. In training mode a picture that is alone is always “food”, at 18%, be it deer or ship: the mean is the picture itself, all that is left is 0, and every picture looks the same. The more companions, and the more mixed, the closer the answer comes to the usual one. Companions of one class alone make it wrong again, because just what they have in common is taken away.
#
# <details><summary>Why does Dropout enlarge what it keeps?</summary>
#
# If half is dropped, the sum is only half as large. What is kept is therefore divided by 0.5, which doubles it, and the sum stays about the same. Then nothing has to be changed in the exam.
#
# </details>

# %% [markdown] tags=["zh"]
# ## 动笔算一算
#
# 一个特征，一批三张图片：2、4、9。
#
# 1. 平均：(2 + 4 + 9) ÷ 3 = 5；减去平均：−3、−1、4；
# 2. 波动：√((9 + 1 + 16) ÷ 3) ≈ 2.94；
# 3. 相除：−1.02、−0.34、1.36。
#
# 训练模式还顺手**记笔记**：新笔记 = 0.9 × 旧笔记 + 0.1 × 这一批的平均。旧笔记是 0，新笔记就是 0.5。评估模式用的就是这本笔记。

# %% [markdown] tags=["en"]
# ## With pencil and paper
#
# One feature, and a batch of three pictures: 2, 4, 9.
#
# 1. The mean is (2 + 4 + 9) ÷ 3 = 5; without it: −3, −1, 4.
# 2. The spread is √((9 + 1 + 16) ÷ 3) ≈ 2.94.
# 3. Divided: −1.02, −0.34, 1.36.
#
# Training mode also **takes notes**: new note = 0.9 × old note + 0.1 × mean of this batch. The old note was 0, so the new one is 0.5. Eval mode goes by these notes.

# %% tags=["code"]
import torch

model = torch.nn.BatchNorm1d(1)
images = torch.tensor([2.0, 4.0, 9.0])[:, None]
print(model(images).flatten(), model.running_mean)
print(model.eval()(images).flatten(), model.running_mean)

# %% tags=["code"]
import numpy as np

result = np.random.default_rng(0).random(10) >= 0.5
print(np.ones(10) * result / (1 - 0.5))

# %% [markdown] tags=["zh", "code"]
# **你应该看到**：第一行是 −1.0190、−0.3397、1.3587，笔记变成 0.5；换到评估模式，同样的三个数变成 1.0113、2.3597、5.7307，笔记不再变。Dropout 那一行只有 0 和 2。

# %% [markdown] tags=["en", "code"]
# **You should see:** −1.0190, −0.3397, 1.3587 in the first line, and the note 0.5. In eval mode the same three numbers become 1.0113, 2.3597, 5.7307, and the note no longer changes. The line of Dropout has only 0 and 2.

# %% [markdown] tags=["zh"]
# ## 换个模式考一考
#
# 现在用整个网络来考。39 张验证图片打乱顺序，一批放 1 张、2 张……一直到全部一起：
#
# | 一批几张 | 1 | 2 | 4 | 8 | 16 | 39 |
# |---|---|---|---|---|---|---|
# | 训练模式 | 15% | 33%–38% | 38%–41% | 38%–46% | 51%–56% | 56%–62% |
# | 评估模式 | 85%–87% | 同左 | 同左 | 同左 | 同左 | 同左 |
#
# （三个随机种子训练出来的三个网络。）一批只有 1 张时，那只鹿从“动物，95%”变成了“交通工具，28%”。熊、海豚、笑脸、香蕉，全都成了“交通工具”。这就是猫变成桶的秘密。

# %% [markdown] tags=["en"]
# ## An exam in each mode
#
# Now the whole network is examined. The 39 validation pictures are shuffled and come alone, two at a time, and so on up to all at once:
#
# | Pictures in a batch | 1 | 2 | 4 | 8 | 16 | 39 |
# |---|---|---|---|---|---|---|
# | training mode | 15% | 33%–38% | 38%–41% | 38%–46% | 51%–56% | 56%–62% |
# | eval mode | 85%–87% | the same | the same | the same | the same | the same |
#
# (Three networks, trained with three random seeds.) Alone in its batch, the deer turns from “animal, 95%” into “vehicle, 28%”. Bear, dolphin, smiling face, banana: all of them become vehicles. That is the secret of the cat and the bucket.

# %% tags=["code"]
model = ek.load_model(trained.best)
images = torch.from_numpy(np.concatenate([model.card.preprocess(sample.image()) for sample in dataset.validation]))
labels = torch.tensor([classes.index(sample.label) for sample in dataset.validation])
result = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
images, labels = images[result], labels[result]

# %% tags=["code"]
import copy


@torch.no_grad()
def accuracy(network, size):
    return float(torch.cat([network(some).argmax(1) for some in images.split(size)]).eq(labels).float().mean())

# %% tags=["code"]
result = {size: accuracy(copy.deepcopy(model.network).train(), size) for size in (1, 2, 4, 8, 16, 39)}
print("train:", {size: f"{right:.0%}" for size, right in result.items()})
print("eval:", f"{accuracy(model.network.eval(), 1):.0%}", f"{accuracy(model.network.eval(), 39):.0%}")

# %% [markdown] tags=["zh"]
# <details><summary>39 张放在一起，为什么还是不如评估模式？</summary>
#
# 39 张的平均，只是训练时那一百多万张照片的平均的一个粗略估计。49 层，每一层都差一点，加起来就差多了。
#
# </details>

# %% [markdown] tags=["en"]
# <details><summary>Why are even 39 at once worse than eval mode?</summary>
#
# The mean of 39 pictures is only a rough estimate of the mean over the million photos of the training. Each of 49 layers is a little off, and that adds up.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[convert]]
#
# 转换成 ONNX 的时候，edukit 先换到评估模式，再把批归一化的乘法和加法并进卷积里。文件里**没有开关**了，也就没有人会忘记。按“转换”，看看关卡怎么说。

# %% [markdown] tags=["en"]
# ## [[convert]]
#
# Before edukit converts to ONNX, it switches to eval mode, and folds the arithmetic of batch normalisation into the convolutions. The file has **no switch** any more, so nobody can forget it. Press “Convert”, and see what the gate says.

# %% tags=["code"]
onnx = ek.convert(trained.best, data=dataset)
small = ek.quantize(onnx, calibration=dataset.train)
small

# %% tags=["view"]
lesson.view("convert")

# %% [markdown] tags=["zh"]
# **你应该看到**：ONNX 的回答和 PyTorch 全部相同。教程里那位作者正是这样发现问题的：两个本该相同的模型，答案却不同。**同一个模型，两处的答案要对得上**，对不上就要查。

# %% [markdown] tags=["en"]
# **You should see:** ONNX gives the same answers as PyTorch. This is how the author of the tutorial noticed: two models that ought to agree did not. **One model, two places, the same answers**; where they differ, look for the reason.

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明发现答案乱了，连忙补上 `eval()`。可是答案还是乱的！原来他先在训练模式下问了 40 次同一张图片。每问一次，49 层都用这一张图片改一次笔记：
#
# | 在训练模式下问过几次 | 0 | 1 | 5 | 10 | 40 |
# |---|---|---|---|---|---|
# | 再换回评估模式，验证准确率 | 85%–87% | 82%–85% | 67%–77% | 36%–44% | 28%–31% |
#
# 权重一个也没变，变的是笔记。`torch.no_grad()` 只是不算梯度，挡不住这件事。补救的办法只有重新读入检查点。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom sees that the answers are wild and quickly adds `eval()`. They stay wild! Before that, in training mode, he had asked about one picture 40 times; and each time 49 layers changed their notes to fit this one picture:
#
# | Asked so often in training mode | 0 | 1 | 5 | 10 | 40 |
# |---|---|---|---|---|---|
# | then back in eval mode, validation accuracy | 85%–87% | 82%–85% | 67%–77% | 36%–44% | 28%–31% |
#
# Not one weight has changed; the notes have. `torch.no_grad()` only leaves out the slopes and does not prevent it. The one remedy is to load the checkpoint again.

# %% tags=["code", "mistake"]
result = copy.deepcopy(model.network).train()
with torch.no_grad():
    print(len([result(images[:1]) for _ in range(40)]), f"→ {accuracy(result.eval(), 16):.0%}")

# %% [markdown] tags=["zh"]
# ## 练习
#
# 先在[[mode]]里找一找：训练模式、各类混在一起，鹿那张图片最少要几张一批才会认对？一张一张加到 25 张，把握是一直往上走吗？
#
# 然后在笔记本里自己写出批归一化：训练模式用这一批的平均和波动，评估模式用给定的平均和波动。

# %% [markdown] tags=["en"]
# ## Exercise
#
# First look in [[mode]]: in training mode with mixed companions, how many pictures does the batch of the deer need until the answer is right? And on the way to 25, does it grow surer all the time?
#
# Then write batch normalisation yourself in the notebook: in training mode with the mean and spread of the batch, in eval mode with those that are given.

# %% tags=["zh", "exercise"]
# 把 return None 换成自己的计算。x 的形状是（图片数，特征数）；eps 防止除以 0：波动 = √(方差 + eps)
def batch_norm(x, training, mean, variance, eps=1e-5):
    return None


mine = batch_norm(np.array([2.0, 4.0, 9.0])[:, None], True, 0, 1)

# %% tags=["en", "exercise"]
# Replace return None by your own lines. x has the shape (pictures, features); eps keeps from dividing by 0: spread = √(variance + eps)
def batch_norm(x, training, mean, variance, eps=1e-5):
    return None


mine = batch_norm(np.array([2.0, 4.0, 9.0])[:, None], True, 0, 1)

# %% tags=["exercise"]
def same(training, layer, x):
    return np.allclose(batch_norm(x.numpy(), training, layer.running_mean.numpy(), layer.running_var.numpy()), layer.train(training)(x).detach().numpy(), atol=1e-3)

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result, images = torch.nn.BatchNorm1d(5), torch.randn(8, 5) * 3 + 2
    assert same(True, result, images), "训练模式不对"
    assert same(False, result, images), "评估模式不对"
    print("两种模式都和 PyTorch 算的一样！")

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result, images = torch.nn.BatchNorm1d(5), torch.randn(8, 5) * 3 + 2
    assert same(True, result, images), "training mode is not right"
    assert same(False, result, images), "eval mode is not right"
    print("In both modes the same as PyTorch!")

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
import numpy as np
import torch


def batch_norm(x, training, mean, variance, eps=1e-5):
    return batch_norm(x, False, x.mean(axis=0), x.var(axis=0)) if training else (x - mean) / np.sqrt(variance + eps)

print(batch_norm(np.array([2.0, 4.0, 9.0])[:, None], True, 0, 1).ravel())

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
model = ek.load_model(trained.best)
images = torch.from_numpy(np.concatenate([model.card.preprocess(sample.image()) for sample in dataset.validation]))
with torch.no_grad():
    result = [int(model.network.train()(image[None]).argmax()) for image in images]
print({dataset.classes[label]: result.count(label) for label in set(result)})

# %% [markdown] tags=["zh", "solution"]
# 独自一张、训练模式：39 张图片几乎都得到同一个答案。这里还有一个陷阱：这样问完一遍，网络的笔记已经被改坏了，要用就得重新 `ek.load_model`。在[[mode]]里，鹿要 5 张一批才认对（67%），7 张 83%，8 张又掉到 65%，25 张 83%：来了谁，平均就跟着谁变。评估模式下始终是 87%。

# %% [markdown] tags=["en", "solution"]
# Alone and in training mode, nearly all 39 pictures get one and the same answer. And there is a trap: after this round the notes are spoilt, so load the model again with `ek.load_model`. In [[mode]] the deer needs 5 in the batch to be right (67%); with 7 it is 83%, with 8 down at 65%, with 25 again 83%: the mean goes with whoever comes. In eval mode it is 87%, always.

# %% [markdown] tags=["zh"]
# ## 考试，自己检查
#
# **测试集**到这里才出场。检查的是**你自己的**模型文件：ONNX 和 INT8 没有开关，答案应该对得上，而且准。

# %% [markdown] tags=["en"]
# ## The exam: check yourself
#
# Only here do the **test pictures** come out. This looks at **your own** files: ONNX and INT8 have no switch, so their answers should agree, and be right.

# %% tags=["code"]
result = ek.evaluate(onnx, dataset.test)
result

# %% [raw] tags=["check"]
# checks:
# - {check: trained}
# - {check: same_answers, at_least: 0.9}
# - {check: accurate, at_least: 0.75, model: onnx}
# passed:
#   zh: 全部通过：开关都关好了，可以出门！
#   en: "All passed: everything is switched off, and the model may leave!"
# failed:
#   zh: 还没有全部通过。用 EfficientNet-Lite0 训练 12 轮，再转换一次，然后再来检查。
#   en: Not all passed. Train EfficientNet-Lite0 for 12 epochs, convert again, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 评估模式下，批归一化减去的是谁的平均？
#     en: Whose mean does batch normalisation take away in eval mode?
#   choices:
#   - zh: 这一批图片的
#     en: That of the batch
#     why:
#       zh: 那是训练模式。评估时答案不能取决于旁边坐着谁。
#       en: That is training mode. In an exam the answer must not depend on who sits next to you.
#   - zh: 训练时记下来的
#     en: The one that was noted during training
#     right: true
#     why:
#       zh: 对！所以一张图片独自来，也能得到同样的答案。
#       en: Right! So a picture that comes alone gets the same answer.
#   - zh: 测试集的
#     en: That of the test pictures
#     why:
#       zh: 测试图片什么也不能教给网络，平均也不行。
#       en: Test pictures must teach the network nothing, not even a mean.
# - question:
#     zh: 同一张图片问了五次，得到五个不同的答案。最可能是什么原因？
#     en: The same picture, asked five times, gets five different answers. What is the most likely reason?
#   choices:
#   - zh: Dropout 还开着：网络在训练模式
#     en: "Dropout is still on: the network is in training mode"
#     right: true
#     why:
#       zh: 对！每次丢掉的特征不同。先写 eval()，再问。
#       en: "Right! Each time other features are dropped. Write eval() first, then ask."
#   - zh: 学习率太大
#     en: The learning rate is too large
#     why:
#       zh: 学习率只在训练的时候起作用，问问题时权重不变。
#       en: The learning rate acts only while training; asking changes no weight.
#   - zh: 图片太小
#     en: The picture is too small
#     why:
#       zh: 小图片也许会认错，但五次会错成一样。
#       en: A small picture may be taken for something else, but five times for the same thing.
# - question:
#     zh: 为什么 ONNX 文件没有这个毛病？
#     en: Why does the ONNX file not have this trouble?
#   choices:
#   - zh: ONNX 的权重更准确
#     en: Its weights are more exact
#     why:
#       zh: 权重是一样的，只是装进了另一种文件。
#       en: The weights are the same, packed into another file.
#   - zh: 转换以前换到了评估模式，文件里没有开关
#     en: It was switched to eval mode before converting, and the file has no switch
#     right: true
#     why:
#       zh: 对！批归一化并进了卷积，Dropout 不见了。
#       en: Right! Batch normalisation was folded into the convolutions, and Dropout is gone.
#   - zh: ONNX 每次只看一张图片
#     en: It looks at one picture at a time
#     why:
#       zh: 它也可以一次看一批；而且独自一张，正是训练模式下最糟的情况。
#       en: It can take batches too; and one picture alone is just what goes worst in training mode.

# %% tags=["view"]
lesson.view("recall", "without_eval")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 训练模式：批归一化用**这一批**的平均，还要改笔记；Dropout 随机丢。评估模式：用记下来的平均，什么也不丢；
# - 批归一化：减平均、除以波动；一张图片独自在训练模式下，减完只剩 0；
# - 答案每次不同、跟着同伴变、和 ONNX 对不上：先查 `eval()`。笔记已经改坏的，重新读入检查点。
#
# 你的模型保存在这台电脑上。想一想：如果老师打分要看“全班平均”，你的分数会不会也跟着同桌变？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - Training mode: batch normalisation goes by the mean of **this batch** and changes its notes, Dropout drops at random. Eval mode: the noted mean, and nothing is dropped.
# - Batch normalisation takes away the mean and divides by the spread; of a picture alone in training mode only 0 is left.
# - Answers that change from time to time, with their companions, or against ONNX: look for `eval()` first. Where the notes are spoilt, load the checkpoint again.
#
# Your model is saved on this computer. Think about it: if marks were given against the average of the class, would yours depend on who sits next to you?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。只训练一次，几秒到半分钟；时间留给探索和手算。
#
# - **引入（5 分钟）**：先只给“桶 0.8%”那一行，问：0.8% 的把握说明什么？（一千类瞎蒙是 0.1%，网络其实在说“不知道”。）
# - **两个开关**：先做“评估模式掷三次骰子”，再进训练模式。“同伴全是同一类”最值得讨论。
# - **动笔算一算（6 分钟）**：人人算三个数，再看笔记本里 PyTorch 的结果。没有笔记本的班，板书即可。
# - 可以全班演一遍：每人报一个数，“训练模式”减去小组平均，“评估模式”减去老师黑板上的平均；换组再来一次，看谁的数变了。
# - **常见的错误**：先问“补上 eval() 就好了吗？”再看表。
#
# ## 会看到什么数字
#
# 两核的电脑，随机种子 0、1、2：
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 训练，EfficientNet-Lite0，12 轮 | 验证 85%–87%，测试 88%–90% |
# | 探索：鹿 | 评估 87%；训练模式独自一张“食物”18%；8 张 65%；25 张 83%；同类 6 张“食物”36% |
# | 训练模式，一批 1 / 2 / 8 / 39 张 | 15% / 33%–38% / 38%–46% / 56%–62% |
# | 每一批都是同一类 | 13%–21% |
# | 独自一张时的答案 | 种子 0：全是“交通工具”；种子 2：“交通工具”或“工具” |
# | 训练模式问 40 次以后再 eval() | 28%–31% |
#
# 探索里只有最后一层前面的**一个**批归一化（加在真网络的特征上，由 36 张训练图片得来），所以 8 张一批就接近正常；真网络里有 49 层，误差会累积。EfficientNet-Lite0 在 edukit 里没有打开 Dropout，所以它在训练模式下每次答案相同。
#
# ## 常见的误解
#
# - **“eval() 会停止学习。”** 它只拨开关。不算梯度是 `no_grad()`，改权重是优化器：三件不同的事。
# - **“有了 no_grad() 就不用 eval()。”** 看“常见的错误”：笔记照样被改。
# - **“训练模式下批大一点就没事了。”** 好一些，39 张也只有六成。
# - **“Dropout 把权重删掉了。”** 丢的是这一次的特征，权重都在。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. There is one training, of seconds; the time belongs to the explorable and to pencil and paper.
#
# - **Opening (5 minutes):** show only the line “bucket 0.8%” and ask what 0.8% means. (Blind guessing among a thousand classes is 0.1%: the network is really saying that it does not know.)
# - **Two switches:** begin with the three throws in eval mode, then go to training mode. The companions of one class are most worth discussing.
# - **With pencil and paper (6 minutes):** everyone works out the three numbers, then looks at PyTorch's in the notebook. Without notebooks, the board will do.
# - It can be acted: everyone has a number; “training mode” takes away the mean of the group, “eval mode” the mean on the board. Change groups, and see whose number has changed.
# - **A common mistake:** ask whether adding eval() is enough before you show the table.
#
# ## Figures to expect
#
# On a computer with two cores, random seeds 0, 1 and 2:
#
# | Where | About |
# |---|---|
# | Train, EfficientNet-Lite0, 12 epochs | validation 85%–87%, test 88%–90% |
# | Explorable, the deer | eval 87%; training mode alone “food” 18%; 8 in the batch 65%; 25: 83%; 6 of its class “food” 36% |
# | Training mode, 1 / 2 / 8 / 39 in a batch | 15% / 33%–38% / 38%–46% / 56%–62% |
# | Every batch of one class | 13%–21% |
# | The answer to a picture alone | seed 0: always “vehicle”; seed 2: “vehicle” or “tool” |
# | Asked 40 times in training mode, then eval() | 28%–31% |
#
# The explorable has **one** batch normalisation, before the last layer (put on the features of a real network, from 36 training pictures), so 8 in a batch are nearly enough; a real network has 49, and the errors add up. edukit's EfficientNet-Lite0 uses no Dropout, so in training mode it repeats its answer.
#
# ## Usual misconceptions
#
# - **“eval() stops the learning.”** It only turns the switches. Leaving out slopes is `no_grad()`, changing weights is the optimizer: three different things.
# - **“With no_grad() there is no need for eval().”** See the common mistake: the notes change all the same.
# - **“A larger batch makes training mode harmless.”** Better, but with 39 it is about six in ten.
# - **“Dropout deletes weights.”** It drops features, this once; the weights stay.
