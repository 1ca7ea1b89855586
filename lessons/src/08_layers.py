# ---
# jupyter:
#   edukit:
#     minutes: 55
#     art: onion microscope hamburger
#     title:
#       zh: 一层一层看网络
#       en: A network layer by layer
#     chapter:
#       zh: 训练与理解
#       en: Train and understand
#     summary:
#       zh: 让 3×3 的卷积核在图片上滑动；用零件搭一个 LeNet；看每一层看到了什么。
#       en: Let a 3 × 3 kernel slide over a picture, build LeNet from its parts, and see what each layer sees.
#     steps:
#       - {name: kernel, minutes: 15, zh: 一个卷积核, en: One kernel}
#       - {name: train, minutes: 12, zh: 用零件搭 LeNet, en: LeNet from its parts}
#       - {name: layers, minutes: 10, zh: 每一层看到了什么, en: What each layer sees}
#     needs: {dataset: emoji, lesson: 01_first_model, artefacts: [checkpoint]}
#     train: {backbone: LeNet, epochs: 20, lr: null}
#     leaves: [checkpoint]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 网络常常被叫做“黑箱”。今天我们把箱子打开：里面没有魔法，只有乘法、加法和取最大值，一层接一层。
#
# **学完这一课，你能够**：
#
# 1. 亲手算出卷积核在一个位置的结果，并设计出能找竖边、横边的卷积核；
# 2. 用零件搭出 LeNet，说出每一层输出的形状和权重的个数；
# 3. 看着特征图，说出浅的层和深的层各看到什么。
#
# **需要**：这台电脑就够了，前面的课没做也可以。**你会做出**：几个自己的卷积核，和一个训练好的 LeNet。

# %% [markdown] tags=["en"]
# # [[title]]
#
# A network is often called a black box. Today we open it. There is no magic inside, only multiplying, adding and taking the largest, layer after layer.
#
# **After this lesson you can:**
#
# 1. work out by hand what a kernel gives at one place, and design kernels that find upright and level edges;
# 2. build LeNet from its parts, and say the shape of each layer's output and the number of its weights;
# 3. tell from feature maps what early and late layers see.
#
# **You need:** this computer; the earlier lessons are not required. **You make:** some kernels of your own, and a trained LeNet.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 手机美颜的磨皮、扫描仪的锐化、自动驾驶找车道线，第一步做的是同一件事：**卷积**。拿一个小窗口在图片上滑，每到一处，把窗口里的像素各乘一个数，再加起来。
#
# 从前，这几个数由工程师一个一个想出来。现在由网络自己学。会自己设计一个，就明白网络在学什么了。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# A phone that smooths skin, a scanner that sharpens letters, a car that looks for the lane: their first step is the same, a **convolution**. A small window slides over the picture; at each place every pixel under it is multiplied by a number, and the products are added up.
#
# Once, engineers thought up these numbers one by one. Today a network learns them. Whoever has designed one knows what it is that a network learns.

# %% [raw] tags=["guess"]
# name: where_weights
# question:
#   zh: LeNet 有两个卷积层和三个全连接层，一共 61,666 个权重。卷积层占多少？
#   en: LeNet has two convolutions and three fully connected layers, 61,666 weights in all. How many of them are in the convolutions?
# choices:
# - {value: 5, zh: 大约 5%, en: about 5%}
# - {value: 50, zh: 大约一半, en: about a half}
# - {value: 90, zh: 大约 90%, en: about 90%}
# later:
#   zh: 你的猜测已经记下来了。答案在“用零件搭 LeNet”的那张表里：自己对一对。
#   en: Your guess is kept. The table in “LeNet from its parts” has the answer; hold the two against each other.

# %% [markdown] tags=["zh"]
# ## [[kernel]]
#
# 九个滑块就是九个权重，它们合起来叫一个**卷积核**。橙色方框是窗口，右边的小图是整张图片卷积以后的样子。
#
# **先动笔**：窗口里的像素是
#
# | 10 | 10 | 90 |
# |---|---|---|
# | 10 | 10 | 90 |
# | 10 | 10 | 90 |
#
# 卷积核左边一列全是 −1，右边一列全是 1，中间全是 0。结果是多少？如果九个像素都是 10 呢？
#
# <details><summary>答案</summary>
#
# 右边 3×90 = 270，左边 −3×10 = −30，加起来 240：这里有一条竖边。九个都是 10，结果是 0：平的地方什么也没有。
#
# </details>
#
# 然后自己设计卷积核，完成五个挑战。

# %% [markdown] tags=["en"]
# ## [[kernel]]
#
# The nine sliders are nine weights; together they are a **kernel**. The orange frame is the window, and the second picture shows what becomes of the whole picture.
#
# **Pencil first:** the pixels under the window are
#
# | 10 | 10 | 90 |
# |---|---|---|
# | 10 | 10 | 90 |
# | 10 | 10 | 90 |
#
# The left column of the kernel is all −1, the right column all 1, the middle all 0. What is the result? And if all nine pixels were 10?
#
# <details><summary>Answer</summary>
#
# On the right 3 × 90 = 270, on the left −3 × 10 = −30, together 240: an upright edge is here. With nine tens the result is 0: where it is flat there is nothing.
#
# </details>
#
# Then design kernels of your own, and solve the five challenges.

# %% tags=["view"]
lesson.view("kernel")

# %% [markdown] tags=["zh"]
# **你应该看到**：九个权重都是 1，图片变模糊；只有正中是 −1，黑白颠倒；左负右正，竖的边留下来，横的边消失；转个方向，就反过来。权重加起来是 0 的，平的地方都没有反应：它只找**变化**。
#
# <details><summary>为什么同一个卷积核可以用在整张图片上？</summary>
#
# 一条竖边，在左上角是竖边，在右下角也是竖边。所以九个权重够用一整张图片。这就是卷积省权重的秘密。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** nine ones blur; a −1 in the middle alone swaps light and dark; minus on the left and plus on the right keeps upright edges and loses level ones; turned round, it is the other way. Where the weights add up to 0, flat places give no response: such a kernel looks for **change**.
#
# <details><summary>Why can one kernel serve the whole picture?</summary>
#
# An upright edge is an upright edge, in the top left corner as in the bottom right. So nine weights are enough for the whole picture; that is how a convolution saves weights.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# LeNet 是 1998 年的网络，用来认支票上的手写数字。它的零件只有四种：
#
# - **卷积**：6 个 5×5 的卷积核，各看红、绿、蓝三层，得到 6 张特征图；
# - **ReLU**：负数变成 0，正数不变；
# - **池化**：每 2×2 个数只留最大的，图片缩小一半；
# - **全连接**：每个输出和所有输入都连着，最后六个输出就是六个类别的分数。
#
# | 零件 | 输出的形状 | 权重 |
# |---|---|---|
# | 输入 | 3×32×32 | |
# | 卷积 5×5、ReLU | 6×28×28 | 456 |
# | 池化 | 6×14×14 | 0 |
# | 卷积 5×5、ReLU | 16×10×10 | 2,416 |
# | 池化，拉成一排 | 400 | 0 |
# | 全连接、ReLU | 120 | 48,120 |
# | 全连接、ReLU | 84 | 10,164 |
# | 全连接 | 6 | 510 |
#
# **算一算**：456 是怎么来的？28 呢？卷积层一共占百分之几？
#
# <details><summary>答案</summary>
#
# 一个卷积核有 3×5×5 = 75 个权重和 1 个偏置，6 个就是 6×76 = 456。5×5 的窗口在 32 格里有 32 − 5 + 1 = 28 个位置。卷积层 456 + 2,416 = 2,872，是 61,666 的 4.7%：看图的本领，只用了这么一点权重。
#
# </details>
#
# 选 **LeNet**，**20** 轮，学习率**自动**，训练一次。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# LeNet is a network of 1998, made to read handwritten digits on cheques. It has only four kinds of parts:
#
# - **convolution**: 6 kernels of 5 × 5, each looking at red, green and blue, make 6 feature maps;
# - **ReLU**: what is negative becomes 0, the rest stays;
# - **pooling**: of every 2 × 2 numbers only the largest is kept, which halves the picture;
# - **fully connected**: each output is joined to all inputs; the last six outputs are the scores of the six classes.
#
# | Part | Shape of the output | Weights |
# |---|---|---|
# | input | 3×32×32 | |
# | convolution 5×5, ReLU | 6×28×28 | 456 |
# | pooling | 6×14×14 | 0 |
# | convolution 5×5, ReLU | 16×10×10 | 2,416 |
# | pooling, put in a row | 400 | 0 |
# | fully connected, ReLU | 120 | 48,120 |
# | fully connected, ReLU | 84 | 10,164 |
# | fully connected | 6 | 510 |
#
# **Work it out:** where does 456 come from? And 28? What share of the weights is in the convolutions?
#
# <details><summary>Answer</summary>
#
# A kernel has 3 × 5 × 5 = 75 weights and one bias; six of them have 6 × 76 = 456. A window of 5 has 32 − 5 + 1 = 28 places along 32 pixels. The convolutions have 456 + 2,416 = 2,872 of 61,666 weights, 4.7%: so few are enough for the art of seeing.
#
# </details>
#
# Choose **LeNet**, **20** epochs, the learning rate **automatic**, and train once.

# %% tags=["code"]
import torch
from torch import nn

model = nn.Sequential(
    nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 6),
)

# %% tags=["code"]
images = torch.zeros(1, 3, 32, 32)
result = [tuple(model[:end](images).shape) for end in range(1, len(model) + 1)]
print(*[f"{type(part).__name__:10} {shape} {sum(w.numel() for w in part.parameters())}" for part, shape in zip(model, result)], sep="\n")

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="LeNet", epochs=20)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：十几行零件，形状和上面的表一样；训练以后验证准确率 67%–69%。

# %% [markdown] tags=["en"]
# **You should see:** a dozen parts with the shapes of the table, and after training a validation accuracy of 67%–69%.

# %% [markdown] tags=["zh"]
# ## [[layers]]
#
# 学会以后，卷积核成了什么样？它们看到什么？这里用大一些的 EfficientNet-Lite0 来看，它有几十层，分成九段。先猜：**第 1 段和最后一段，哪一段的图你还看得懂？**

# %% [markdown] tags=["en"]
# ## [[layers]]
#
# What have the kernels become after learning, and what do they see? Here we look into the larger EfficientNet-Lite0, whose dozens of layers stand in nine parts. Guess first: **in the first part and in the last, which maps can you still read?**

# %% tags=["view"]
lesson.view("layers")

# %% [markdown] tags=["zh"]
# **你应该看到**：第 1 段是 32 张 112×112 的特征图，有的只有横线，有的像底片，塔还是塔，和你自己做的卷积核很像。往里走，图越来越小、越来越多：40 张 28×28，112 张 14×14，最后 1,280 张 7×7，人看不懂了。浅的层说“**哪里**有边”，深的层说“**有没有**这样的东西”。
#
# 笔记本里再看看你自己的 LeNet：第一层的 6 张特征图。

# %% [markdown] tags=["en"]
# **You should see:** the first part has 32 maps of 112 × 112; some hold only level lines, some look like a negative, and the tower is still a tower. They are much like the kernels that you designed. Deeper in there are more and smaller maps: 40 of 28 × 28, 112 of 14 × 14, at the end 1,280 of 7 × 7 that no person can read. Early layers say **where** an edge is, late ones **whether** such a thing is there.
#
# In the notebook, look at your own LeNet too: the 6 maps of its first layer.

# %% tags=["code"]
import matplotlib.pyplot as plt

model = ek.load_model(trained.best)
images = torch.from_numpy(model.card.preprocess(dataset.validation[0].image()))
result = model.network.features[:2](images)[0].detach().numpy()
plt.figure(figsize=(9, 2))
[plt.subplot(1, 6, 1 + i).imshow(one, cmap="gray") for i, one in enumerate(result)]
plt.show()

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明想：“图片大一点，看得更清楚。”他把 64×64 的图片送进刚才搭的 LeNet，得到一行错误：`mat1 and mat2 shapes cannot be multiplied (1x2704 and 400x120)`。
#
# 这行错误其实说得很清楚：全连接层等着 400 个数，来了 2,704 个。64 的图片走完两次卷积和池化是 64 → 60 → 30 → 26 → 13，16×13×13 = 2,704。卷积不在乎图片多大，全连接在乎。读错误时，先找里面的**形状**。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom thinks: “A larger picture shows more.” He puts one of 64 × 64 into the LeNet from above and gets the line `mat1 and mat2 shapes cannot be multiplied (1x2704 and 400x120)`.
#
# The line says it plainly: the fully connected layer waits for 400 numbers, and 2,704 came. On its way through two convolutions and poolings the picture goes 64 → 60 → 30 → 26 → 13, and 16 × 13 × 13 = 2,704. A convolution does not mind how large a picture is; a fully connected layer does. In an error like this, look for the **shapes** first.

# %% tags=["code", "mistake"]
mine = nn.Sequential(nn.Conv2d(3, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120))
try:
    mine(torch.zeros(1, 3, 64, 64))
except RuntimeError as error:
    print(error)

# %% [markdown] tags=["zh"]
# ## 练习
#
# 搭一个更省的网络：输入 3×32×32，输出 6 个分数，至少两个卷积层，权重不到 **20,000** 个。先在纸上画出每一层的形状，再写代码。没有笔记本的同学，在纸上算：把第一个全连接层从 120 改成 32，一共还剩多少个权重？

# %% [markdown] tags=["en"]
# ## Exercise
#
# Build a thriftier network: input 3 × 32 × 32, 6 scores out, at least two convolutions, fewer than **20,000** weights. Draw the shapes on paper first, then write the code. Without a notebook, work it out on paper: if the first fully connected layer has 32 outputs in place of 120, how many weights are left in all?

# %% tags=["zh", "exercise"]
# 把 None 换成 nn.Sequential(...)
mine = None

# %% tags=["en", "exercise"]
# Replace None by nn.Sequential(...)
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result = sum(one.numel() for one in mine.parameters())
    assert mine(torch.zeros(2, 3, 32, 32)).shape == (2, 6), "两张图片应该得到 2×6 个分数"
    assert sum(isinstance(one, nn.Conv2d) for one in mine.modules()) >= 2, "至少要有两个卷积层"
    assert result < 20000, f"权重太多了：{result} 个"
    print(f"{result} 个权重，做到了！")

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result = sum(one.numel() for one in mine.parameters())
    assert mine(torch.zeros(2, 3, 32, 32)).shape == (2, 6), "two pictures should give 2×6 scores"
    assert sum(isinstance(one, nn.Conv2d) for one in mine.modules()) >= 2, "at least two convolutions are asked"
    assert result < 20000, f"too many weights: {result}"
    print(f"{result} weights: done!")

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
import torch
from torch import nn

mine = nn.Sequential(
    nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(400, 32), nn.ReLU(), nn.Linear(32, 6),
)
print(sum(one.numel() for one in mine.parameters()), mine(torch.zeros(2, 3, 32, 32)).shape)

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="LeNet", epochs=20)
print(f"{trained.card.metrics['val_top1']:.0%}")

# %% [markdown] tags=["zh", "solution"]
# 一个办法：只留一个 32 的全连接层，一共 15,902 个权重。卷积层还是 2,872 个，省下来的全是全连接的。纸上那一题：120 改成 32，后面的 84 不变，是 2,872 + 12,832 + 2,772 + 510 = 18,986 个。

# %% [markdown] tags=["en", "solution"]
# One way: keep a single fully connected layer of 32, which makes 15,902 weights. The convolutions still have 2,872; all that was saved was in the fully connected layers. The question on paper: with 32 in place of 120, and 84 kept, 2,872 + 12,832 + 2,772 + 510 = 18,986.

# %% [markdown] tags=["zh"]
# ## 考试，自己检查
#
# **测试集**到这里才出场。检查的是**你自己**训练的网络。

# %% [markdown] tags=["en"]
# ## The exam: check yourself
#
# Only here do the **test pictures** come out. This looks at the network that **you** trained.

# %% tags=["code"]
model = lesson.find("checkpoint")
result = ek.evaluate(model, dataset.test)
result

# %% [raw] tags=["check"]
# checks:
# - {check: trained}
# - {check: accurate, at_least: 0.45, model: checkpoint}
# passed:
#   zh: 全部通过：你的网络会看了，你也看懂了它！
#   en: "All passed: your network can see, and you have seen through it!"
# failed:
#   zh: 还没有全部通过。用 LeNet 训练 20 轮，学习率选自动，然后再来检查。
#   en: Not all passed. Train LeNet for 20 epochs with the automatic learning rate, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 一个卷积核的九个权重加起来是 0。在一片颜色均匀的天空上，它得到什么？
#     en: The nine weights of a kernel add up to 0. What does it give on an even sky?
#   choices:
#   - zh: 天空的亮度
#     en: The brightness of the sky
#     why:
#       zh: 那要权重加起来是 1。
#       en: For that the weights would have to add up to 1.
#   - zh: "0"
#     en: "0"
#     right: true
#     why:
#       zh: 对！九个像素一样，乘上权重加起来正好抵消。它只找变化。
#       en: "Right! Nine equal pixels times the weights cancel out. It looks for change alone."
#   - zh: 天空的边缘
#     en: The edge of the sky
#     why:
#       zh: 均匀的地方没有边缘；到了天空和屋顶交界的地方才有反应。
#       en: An even place has no edge; where sky meets roof, it responds.
# - question:
#     zh: 32×32 的图片，用 5×5 的卷积核，再做 2×2 的池化。特征图有多大？
#     en: A picture of 32 × 32, a kernel of 5 × 5, then pooling by 2 × 2. How large are the maps?
#   choices:
#   - zh: 16×16
#     en: 16×16
#     why:
#       zh: 忘了卷积：5×5 的窗口在 32 格里只有 28 个位置。
#       en: "The convolution is forgotten: a window of 5 has only 28 places along 32."
#   - zh: 14×14
#     en: 14×14
#     right: true
#     why:
#       zh: 对！32 − 5 + 1 = 28，再缩小一半是 14。
#       en: "Right! 32 − 5 + 1 = 28, and half of it is 14."
#   - zh: 27×27
#     en: 27×27
#     why:
#       zh: 位置的个数是 32 − 5 + 1，别忘了加 1；还要再池化。
#       en: The places are 32 − 5 + 1, do not forget the 1; and pooling comes after.
# - question:
#     zh: 深的层，特征图又小又多。这是为什么？
#     en: In late layers the maps are small and many. What for?
#   choices:
#   - zh: 为了省电
#     en: To save power
#     why:
#       zh: 小图确实算得快，但还有更重要的原因：要认的东西变了。
#       en: Small maps are quicker, but there is a better reason. What is looked for has changed.
#   - zh: 图片坏了
#     en: The picture is broken
#     why:
#       zh: 没有坏。位置说得粗了，内容说得细了。
#       en: Nothing is broken. Places are told more coarsely, contents more finely.
#   - zh: 它们回答“有没有某样东西”，种类很多，位置不必很准
#     en: They say whether something is there, of many kinds, and the exact place matters less
#     right: true
#     why:
#       zh: 对！从“哪里有边”，变成“有没有窗户、轮子、眼睛”。
#       en: Right! From where an edge is to whether there are windows, wheels or eyes.

# %% tags=["view"]
lesson.view("recall", "where_weights")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - **卷积**：窗口里的像素乘权重再相加；加起来是 0 的卷积核找变化，左右相减找竖边，上下相减找横边；
# - LeNet = 卷积、ReLU、池化、全连接；5×5 让边长少 4，池化减半；权重多数在全连接层；
# - 浅的层看边缘和颜色，图大而少；深的层看“有没有这样的东西”，图小而多。
#
# 你的模型保存在这台电脑上。想一想：要认出一张倒过来的脸，哪些层还能用，哪些层要重新学？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - A **convolution** multiplies the pixels under a window by weights and adds up. Kernels that add up to 0 look for change: left against right finds upright edges, top against bottom level ones.
# - LeNet is convolution, ReLU, pooling, fully connected. A 5 × 5 kernel takes 4 off each side, pooling halves; most weights are in the fully connected layers.
# - Early layers see edges and colours, in few large maps; late layers see whether something is there, in many small ones.
#
# Your model is saved on this computer. Think about it: to know a face that is upside down, which layers could stay, and which would have to learn anew?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。要用纸和笔。
#
# - **引入（4 分钟）**：在黑板上画 3×3 的格子，请一个同学当“窗口”，报出九个数，全班心算。
# - **一个卷积核**：先动笔，再拖滑块。窗口拖到边上和平的地方，各看一次算式。做得快的同学找“所有方向的边”。
# - **用零件搭 LeNet**：表先盖住“形状”一列，一行一行推。训练只要十几秒到半分钟。
# - **每一层看到了什么**：两人一组，一个人随机停在某一段，另一个人猜是浅是深。
# - **常见的错误**：请学生自己从错误里读出 2,704 是怎么来的。
#
# ## 会看到什么数字
#
# 两核的电脑：
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 九个 1 | 模糊；正中 −1：底片 |
# | −1 0 1 / −2 0 2 / −1 0 1 | 竖边；转过来是横边（Sobel 算子） |
# | 0 1 0 / 1 −4 1 / 0 1 0 | 所有方向的边（拉普拉斯算子） |
# | LeNet（六类） | 61,666 个权重，卷积占 4.7%；全连接的第一层 48,120，占 78% |
# | LeNet，20 轮，种子 0、1、2 | 验证 67%–69%，测试 54%–63% |
# | EfficientNet-Lite0 的九段 | 32×112×112、16×112×112、24×56×56、40×28×28、80×14×14、112×14×14、192×7×7、320×7×7、1280×7×7 |
#
# ## 常见的误解
#
# - **“卷积核是一张小图片。”** 它是九个权重；样子像小图，只是因为排成了 3×3。
# - **“特征图就是缩小的图片。”** 每个数说的是“这里有多像我要找的东西”。
# - **“层越多，权重越多。”** LeNet 的权重多在一层全连接里；池化一个权重也没有。
# - **“网络里的卷积和数学书上的一样。”** 数学上要先把核翻转；网络里不翻，反正权重是学来的。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet; paper and pencil are needed.
#
# - **Opening (4 minutes):** draw a 3 × 3 grid on the board; one student is the window and calls nine numbers, the class adds up.
# - **One kernel:** pencil first, then the sliders. Drag the window to an edge and to a flat place, and read the sum at each. Quick students look for edges of every direction.
# - **LeNet from its parts:** cover the column of shapes and fill it in line by line. The training takes seconds to half a minute.
# - **What each layer sees:** in pairs; one stops at some part, the other guesses whether it is early or late.
# - **A common mistake:** let students read from the error where 2,704 comes from.
#
# ## Figures to expect
#
# On a computer with two cores:
#
# | Where | About |
# |---|---|
# | Nine ones | blurred; −1 in the middle: a negative |
# | −1 0 1 / −2 0 2 / −1 0 1 | upright edges; turned, level ones (Sobel) |
# | 0 1 0 / 1 −4 1 / 0 1 0 | edges of every direction (Laplace) |
# | LeNet with six classes | 61,666 weights, 4.7% in the convolutions; the first fully connected layer has 48,120, 78% |
# | LeNet, 20 epochs, seeds 0, 1, 2 | validation 67%–69%, test 54%–63% |
# | The nine parts of EfficientNet-Lite0 | 32×112×112, 16×112×112, 24×56×56, 40×28×28, 80×14×14, 112×14×14, 192×7×7, 320×7×7, 1280×7×7 |
#
# ## Usual misconceptions
#
# - **“A kernel is a small picture.”** It is nine weights; it only looks like one because they stand in 3 × 3.
# - **“A feature map is the picture made small.”** Each number says how much a place is like what is looked for.
# - **“More layers, more weights.”** Most weights of LeNet are in one fully connected layer; pooling has none.
# - **“It is the convolution of mathematics.”** There the kernel is turned round first. Networks do not turn it: the weights are learnt anyway.
