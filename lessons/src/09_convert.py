# ---
# jupyter:
#   edukit:
#     minutes: 50
#     art: link hammer_and_wrench compression
#     title:
#       zh: 转换：计算图是什么
#       en: "Convert: what a graph is"
#     chapter:
#       zh: 转换与比较
#       en: Convert and compare
#     summary:
#       zh: 把网络画成一张计算图，亲手把四个节点折成两个，再看转换器怎样把 595 个节点变成 94 个。
#       en: Draw a network as a graph, fold four nodes into two by hand, then see how the converter turns 595 nodes into 94.
#     steps:
#       - {name: train, minutes: 5, zh: 一个要搬家的网络, en: A network that is to move}
#       - {name: fold, minutes: 15, zh: 动手折叠, en: Fold by hand}
#       - {name: convert, minutes: 9, zh: 交给转换器, en: Let the converter do it}
#       - {name: graph, minutes: 8, zh: 看看里面, en: Look inside}
#     needs: {dataset: emoji, lesson: 01_first_model, artefacts: [checkpoint]}
#     leaves: [checkpoint, onnx, int8]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 在 [[01_first_model]] 里，按一下“转换”，网络就从 PyTorch 搬进了一个 ONNX 文件。文件里没有 Python，也没有你的程序。那里面到底是什么？
#
# **学完这一课，你能够**：
#
# 1. 说出计算图里的节点、箭头和常数各是什么，并读懂一张真的计算图；
# 2. 用笔把批归一化折进卷积，把常数提前算好，并证明答案没有变；
# 3. 转换一个模型，说出转换器去掉了什么，还有哪些维度是可变的。
#
# **需要**：这台电脑就够了，前面的课没做也可以。**你会做出**：一个 ONNX 文件，并且知道里面的每一种零件。

# %% [markdown] tags=["en"]
# # [[title]]
#
# In [[01_first_model]] one press on Convert moved the network from PyTorch into an ONNX file. There is no Python in that file, and none of your program. What is in it?
#
# **After this lesson you can:**
#
# 1. say what nodes, arrows and constants of a graph are, and read a real one;
# 2. fold batch normalisation into a convolution with a pencil, work out constants beforehand, and show that the answers stay the same;
# 3. convert a model and say what the converter has taken out, and which sizes are free.
#
# **You need:** this computer; the earlier lessons are not required. **You make:** an ONNX file of which you know every kind of part.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 想请一位不会中文的厨师做菜，最好的办法是给他一张**流程图**：什么先下锅，什么后下锅，放多少盐。**计算图**就是网络的流程图：
#
# - **节点**是一步计算，叫一个**算子**：卷积、相加、ReLU……
# - **箭头**是在节点之间传递的数；
# - **常数**是存好的数，比如训练出来的权重。
#
# 只要认识这些算子，任何程序都能照着算：手机、开发板、浏览器。而且，画成图以后能看出多余的步骤。“先除以 2，再乘 6”，不如直接乘 3。少走一步，每认一张图片都省一点。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# How do you give a recipe to a cook who does not speak your language? With a **flow chart**: what goes into the pan first, what follows, how much salt. A **computation graph** is the flow chart of a network:
#
# - a **node** is one step, called an **operator**: convolution, addition, ReLU …
# - an **arrow** is the numbers that go from node to node;
# - a **constant** is a stored number, such as a weight that was learnt.
#
# Any program that knows these operators can follow it: on a phone, on a board, in a browser. And a drawing shows steps that are not needed. “Divide by 2, then multiply by 6” is “multiply by 3”. A step less saves a little, for every picture.

# %% [raw] tags=["guess"]
# name: nodes_left
# question:
#   zh: PyTorch 导出的 EfficientNet-Lite0 有 595 个节点。答案一点都不许变，最少能剩多少个？
#   en: PyTorch exports EfficientNet-Lite0 with 595 nodes. How many can be left if not one answer may change?
# choices:
# - {value: 550, zh: 大约 550 个：每一步都有用, en: "about 550: each step has its use"}
# - {value: 300, zh: 大约 300 个：省掉一半, en: "about 300: half of them"}
# - {value: 100, zh: 大约 100 个：大多数是多余的, en: "about 100: most are superfluous"}
# later:
#   zh: 你的猜测已经记下来了。转换以后，我们再来看。
#   en: Your guess is kept. We come back to it after the conversion.
# measured: nodes_left
# close_to: 60
# close:
#   zh: 你猜大约剩 {guess} 个，你的 ONNX 文件里有 {measured} 个。猜得真准！
#   en: You guessed about {guess}; the graph of your ONNX file has {measured} nodes. Well guessed!
# apart:
#   zh: 你猜大约剩 {guess} 个，你的 ONNX 文件里有 {measured} 个。多出来的节点原来在算什么？
#   en: "You guessed about {guess}; the graph of your ONNX file has {measured} nodes. What did the others compute?"

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 先要有一个网络。[[01_first_model]]里训练过的，可以直接用；没有的话，现在训练一个：网络选 **EfficientNet-Lite0**，轮数 **12**，学习率 **0.002**。它有 49 个卷积，每个后面都跟着一个批归一化。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# First, a network. If you trained one in [[01_first_model]], go on with it; if not, train one now: **EfficientNet-Lite0**, **12** epochs, learning rate **0.002**. It has 49 convolutions, each with a batch normalisation behind it.

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
classes = dataset.classes
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：验证准确率 85% 左右。这一课不再改动任何权重，答案应该从头到尾一样。

# %% [markdown] tags=["en"]
# **You should see:** a validation accuracy of about 85%. From here on no weight is changed, so the answers should stay the same to the end.

# %% [markdown] tags=["zh"]
# ## [[fold]]
#
# 真的卷积一次算几十万个数，我们只看**一个**数走过的路。卷积是“乘一个数，加一个数”；批归一化在评估模式下是“减平均，除以波动，乘 γ，加 β”，四个数都是存好的。
#
# **先用笔算**：输入 1，卷积 ×2 + 1，得 3；批归一化减 3、除以 2、乘 3、加 0.5，得多少？输入换成 2 呢？能不能只用一次乘、一次加，得到同样的两个数？
#
# <details><summary>答案</summary>
#
# 1 → 3 → **0.5**；2 → 5 → **3.5**。输入多 1，输出多 3，所以乘 **3**；3 × 1 − 2.5 = 0.5，所以加 **−2.5**。两个节点折成了一个。
#
# 一般的写法：新的乘数 = 旧乘数 × γ ÷ 波动；新的加数 =（旧加数 − 平均）× γ ÷ 波动 + β。
#
# </details>
#
# 现在拖动“你的乘数”和“你的加数”，让蓝线盖住灰线。五个挑战，最后一个有陷阱。

# %% [markdown] tags=["en"]
# ## [[fold]]
#
# A real convolution computes hundreds of thousands of numbers. We follow **one**. Convolution means “times a number, plus a number”; batch normalisation in eval mode means “minus the mean, divided by the spread, times γ, plus β”, and all four are stored.
#
# **With a pencil first:** the input is 1, the convolution × 2 + 1 makes 3 of it; minus 3, divided by 2, times 3, plus 0.5 gives what? And for the input 2? Can a single multiplication and a single addition give the same two numbers?
#
# <details><summary>Answer</summary>
#
# 1 → 3 → **0.5**; 2 → 5 → **3.5**. One more at the input is 3 more at the output, so the factor is **3**; and 3 × 1 − 2.5 = 0.5, so we add **−2.5**. Two nodes have become one.
#
# In general: new factor = old factor × γ ÷ spread; new number to add = (old one − mean) × γ ÷ spread + β.
#
# </details>
#
# Now move “Your factor” and “Your number to add” until the blue line covers the grey one. Of the five challenges, the last is a trap.

# %% tags=["view"]
lesson.view("fold")

# %% [markdown] tags=["zh"]
# **你应该看到**：常数那张图是 ×2 + 1.5；四个节点的那张是 ×(−2) + 1，再接一个 ReLU。Dropout 在推理时什么也不做，直接拿掉。最后一张图，右边能对上，左边怎么也对不上。
#
# <details><summary>为什么 ReLU 后面的批归一化折不进前面的卷积？</summary>
#
# ReLU 把负数都变成 0，批归一化又把 0 变成 0.5。可是你的图以 ReLU 结尾，左边只能是 0。一条折线不能只靠乘和加变出来。（它可以折进**后面**的卷积：只要中间没有 ReLU。）
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** the graph of constants is × 2 + 1.5; the one of four nodes is × (−2) + 1, then ReLU. Dropout does nothing outside training and is simply left out. In the last graph the right part can be matched and the left part never.
#
# <details><summary>Why can a batch normalisation behind ReLU not be folded into the convolution before it?</summary>
#
# ReLU makes 0 of every negative number, and batch normalisation makes 0.5 of that 0. Your graph ends with ReLU, so on the left it can only give 0. A bent line is not made by multiplying and adding. (It can go into the convolution **behind** it, if no ReLU stands between.)
#
# </details>

# %% tags=["code"]
import numpy as np

images = np.array([-1.0, 0.5, 2.0])
result = np.maximum(((images * -1 + 2) - 1) / 0.5 * 1 - 1, 0)
print(result, np.maximum(images * -2 + 1, 0))

# %% [markdown] tags=["zh"]
# ## [[convert]]
#
# 49 个批归一化，每个有几十到一千多个通道，用手折要折很久。转换器一下就折完。再看**常数**：这个网络在 5 个地方要给图片补边。补几个像素？它每认一张图片就重新算一遍，尽管图片永远是 224 × 224。这样的节点有 255 个，另有 231 个节点只是存着常数。**简化**就是把这些提前算好。
#
# 先用“设置”里的默认值转换，看看“简化前后的算子”那张表。

# %% [markdown] tags=["en"]
# ## [[convert]]
#
# 49 batch normalisations, each with dozens to over a thousand channels: by hand that takes long, and a converter does it at once. Then the **constants**. In 5 places this network adds a border to its picture. How many pixels? It works that out again for every picture, though the pictures are always 224 × 224. There are 255 such nodes, and 231 more that only hold a constant. **Simplifying** computes them beforehand.
#
# Convert with the settings as they are, then open the table “Operators before and after simplifying”.

# %% tags=["code"]
onnx = ek.convert(trained.best, data=dataset)
onnx

# %% tags=["code"]
small = ek.quantize(onnx, calibration=dataset.train)
small

# %% tags=["view"]
lesson.view("convert")

# %% [markdown] tags=["zh"]
# **你应该看到**：595 个节点变成 94 个，简化前后的输出**完全相同**（差 0）；和 PyTorch 比，91 张图片的答案全部相同，最大的差别不到 0.00001。表里连“简化前”都没有 BatchNormalization：导出的时候，49 个已经折进卷积了。
#
# 不是每个网络都有这么多好省。ResNet18 简化前后都是 49 个节点：20 个批归一化导出时就折完了，没有剩下多余的。
#
# <details><summary>图片大小也想可变，怎么办？</summary>
#
# 把“可变的维度”改成 **all** 再转换：节点变成 299 个。高和宽不知道，补边就不能提前算，只好留在图里。**自由是要付代价的**。看完记得改回 batch，再转换一次。
#
# </details>
#
# <details><summary>图片的准备也能放进图里吗？</summary>
#
# 能：`ek.convert(…, embed_preprocess=True)` 在前面加上 127 个节点，文件就直接收一张任意大小的彩色图片。91 张测试图片，答案全部相同。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** 595 nodes become 94, and the outputs before and after are **exactly equal** (the difference is 0). Against PyTorch, all 91 answers agree and no number is more than 0.00001 off. Even “before” has no BatchNormalization: all 49 went into the convolutions when the network was exported.
#
# Not every network has so much to save. ResNet18 has 49 nodes before and after: its 20 batch normalisations are folded on export, and nothing superfluous is left.
#
# <details><summary>And if the size of the picture should be free as well?</summary>
#
# Set “Sizes that stay free” to **all** and convert again: 299 nodes. Where height and width are not known, the border cannot be worked out beforehand, and its nodes stay. **Freedom has a price.** Afterwards set it back to batch and convert once more.
#
# </details>
#
# <details><summary>Can the preparation of the picture go into the graph too?</summary>
#
# It can: `ek.convert(…, embed_preprocess=True)` puts 127 nodes in front, and the file takes a colour picture of any size. The answers to all 91 test pictures are the same.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[graph]]
#
# 打开你的文件看一看。从上往下就是计算的顺序，左边的弧线是**捷径**，右边的条表示权重占多少字节。
#
# 找一找：① 哪种算子最多？② 捷径有几条，都通到哪种算子？③ 哪一层最占地方？④ 输入的四个数，哪个可变？

# %% [markdown] tags=["en"]
# ## [[graph]]
#
# Open your file. From top to bottom is the order of computing, the arcs at the left are **shortcuts**, the bars at the right show the bytes of the weights.
#
# Find out: (1) which operator is the most frequent? (2) How many shortcuts are there, and to which operator do they lead? (3) Which layer takes most room? (4) Which of the four sizes of the input is free?

# %% tags=["code"]
result = ek.inspect_graph(onnx)
print(result, *result.axes(), sep="\n")
result.operator_rows()

# %% tags=["view"]
lesson.view("graph")

# %% [markdown] tags=["zh"]
# **你应该看到**：94 个节点，6 种算子。卷积 49 个，Clip（ReLU6）33 个；9 条捷径都通到 Add；最大的是快到末尾的 1×1 卷积，1280 个通道，1.6 MB；输入 batch × 3 × 224 × 224，只有 batch 可变。权重占了整个文件的 99% 以上：**文件的大小看权重，不看节点**。

# %% [markdown] tags=["en"]
# **You should see:** 94 nodes of 6 operators. There are 49 convolutions and 33 Clips (ReLU6); 9 shortcuts, all leading to an Add; the largest is the 1 × 1 convolution near the end, 1280 channels, 1.6 MB; of the input batch × 3 × 224 × 224 only batch is free. Weights are over 99% of the file: **what makes a file large is weights, not nodes**.

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明在网上看到：“全部固定的图最简单。”他把“可变的维度”设为 none。单张图片，一切正常。可是老师让他一次认两张图片，程序却停了：
#
# > `Got invalid dimensions for input … index: 0 Got: 2 Expected: 1`
#
# 第 0 个尺寸是一批几张图片：收到 2，图里写死的是 1。再看节点数：none 和 batch 都是 94 个，他什么也没省下。**转换以前先想好：哪些尺寸以后会变？**

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom has read that a graph with everything fixed is the simplest, so he sets “Sizes that stay free” to none. With one picture all is well. Then he gives it two at once, and the program stops:
#
# > `Got invalid dimensions for input … index: 0 Got: 2 Expected: 1`
#
# Size 0 is the number of pictures in a batch: it got 2, and the graph says 1, for ever. And the nodes? 94 with none, 94 with batch: he saved nothing. **Before you convert, ask which sizes will change later.**

# %% tags=["code", "mistake"]
import onnxruntime

model = ek.convert(trained.best, lesson.exercise() / "fixed.onnx", dynamic="none", data=dataset)
try:
    onnxruntime.InferenceSession(str(model.path)).run(None, {"input": np.zeros((2, 3, 224, 224), np.float32)})
except Exception as error:
    print(error)

# %% [markdown] tags=["zh"]
# ## 练习
#
# 转换器真的是这样折的吗？从你自己的网络里取出第一个卷积和它的批归一化，用[[fold]]里的公式折一次，再和 ONNX 文件里存的权重比一比。波动 = √(方差 + eps)。
#
# 没有笔记本的话，用笔算：卷积 ×4 − 1，平均 1，波动 2，γ = 3，β = 2。折成乘几、加几？

# %% [markdown] tags=["en"]
# ## Exercise
#
# Does the converter really fold like this? Take the first convolution and its batch normalisation out of your own network, fold them by the rule of [[fold]], and hold the result against the weights in the ONNX file. The spread is √(variance + eps).
#
# Without the notebook, use a pencil: convolution × 4 − 1, mean 1, spread 2, γ = 3, β = 2. What are the factor and the number to add?

# %% tags=["zh", "exercise"]
# 把 return None 换成（新的权重，新的加数）。weight 的形状是（通道，3，3，3），其他是（通道，）；用 [:, None, None, None] 对齐
def fold(weight, gamma, beta, mean, variance, eps):
    return None


model = ek.load_model(trained.best).network
mine = fold(*(one.detach().numpy() for one in (model.conv_stem.weight, *model.bn1.state_dict().values()) if one.ndim), model.bn1.eps)

# %% tags=["en", "exercise"]
# Replace return None by (new weights, new numbers to add). weight has the shape (channels, 3, 3, 3), the others (channels,): [:, None, None, None]
def fold(weight, gamma, beta, mean, variance, eps):
    return None


model = ek.load_model(trained.best).network
mine = fold(*(one.detach().numpy() for one in (model.conv_stem.weight, *model.bn1.state_dict().values()) if one.ndim), model.bn1.eps)

# %% tags=["exercise"]
def first_convolution(path):
    from onnx import load, numpy_helper

    result = load(path).graph
    labels = next(node.input[1:] for node in result.node if node.op_type == "Conv")
    return [numpy_helper.to_array(one) for label in labels for one in result.initializer if one.name == label]

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result = first_convolution(onnx.path)
    assert mine[0].shape == result[0].shape, "权重的形状不对：γ 和波动要对齐到通道上"
    assert np.allclose(mine[0], result[0], atol=1e-4), "新的权重不对：旧权重 × γ ÷ 波动"
    assert np.allclose(mine[1], result[1], atol=1e-4), "新的加数不对：别忘了减去平均"
    print(f"和转换器折的一样！最大的差别：{abs(mine[0] - result[0]).max():.1e}")

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result = first_convolution(onnx.path)
    assert mine[0].shape == result[0].shape, "the weights have another shape: line γ and spread up with the channels"
    assert np.allclose(mine[0], result[0], atol=1e-4), "the new weights are not right: old weight × γ ÷ spread"
    assert np.allclose(mine[1], result[1], atol=1e-4), "the new numbers to add are not right: take the mean away"
    print(f"The converter folds the same way! Largest difference: {abs(mine[0] - result[0]).max():.1e}")

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
import numpy as np
from onnx import load, numpy_helper


def fold(weight, gamma, beta, mean, variance, eps):
    result = gamma / np.sqrt(variance + eps)
    return weight * result[:, None, None, None], beta - mean * result

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
onnx = ek.convert(trained.best)
model = ek.load_model(trained.best).network
mine = fold(*(one.detach().numpy() for one in (model.conv_stem.weight, *model.bn1.state_dict().values()) if one.ndim), model.bn1.eps)

# %% tags=["solution"]
result = load(onnx.path).graph
labels = next(node.input[1:] for node in result.node if node.op_type == "Conv")
result = [numpy_helper.to_array(one) for label in labels for one in result.initializer if one.name == label]
print([float(abs(one - other).max()) for one, other in zip(mine, result)])

# %% [markdown] tags=["zh", "solution"]
# 最大的差别大约是 0.000001，而权重最大的有 17.6：第 7 位数字上的差别。为什么不是 0？下一课就讲这个。用笔算的那一题：4 × 3 ÷ 2 = 6，(−1 − 1) × 3 ÷ 2 + 2 = −1，所以是 ×6 − 1。

# %% [markdown] tags=["en", "solution"]
# The largest difference is about 0.000001, where the largest weight is 17.6: a difference in the 7th digit. Why is it not 0? That is the next lesson. The pencil's answer: 4 × 3 ÷ 2 = 6, and (−1 − 1) × 3 ÷ 2 + 2 = −1, so × 6 − 1.

# %% [markdown] tags=["zh"]
# ## 考试，自己检查
#
# **测试集**到这里才出场。检查的是**你自己的** ONNX 文件：节点够少，一次放几张图片都行，而且认得准。每一条都可能不通过。

# %% [markdown] tags=["en"]
# ## The exam: check yourself
#
# Only here do the **test pictures** come out. This looks at **your own** ONNX file: few nodes, any number of pictures at once, and still good. Every line can fail.

# %% tags=["code"]
result = ek.evaluate(onnx, dataset.test)
result

# %% [raw] tags=["check"]
# checks:
# - {check: few_nodes, at_most: 130}
# - {check: free_batch}
# - {check: accurate, at_least: 0.75, model: onnx}
# passed:
#   zh: 全部通过：图很干净，批可变，答案也没有变！
#   en: "All passed: a clean graph, a free batch, and the same good answers!"
# failed:
#   zh: 还没有全部通过。用 EfficientNet-Lite0 训练 12 轮，再用“batch”和“简化”转换一次，然后再来检查。
#   en: Not all passed. Train EfficientNet-Lite0 for 12 epochs, convert with “batch” and “Simplify the graph”, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 计算图里的一个节点是什么？
#     en: What is a node of the graph?
#   choices:
#   - zh: 一个权重
#     en: One weight
#     why:
#       zh: 权重是存好的常数。一个卷积节点可以用几十万个权重。
#       en: Weights are stored constants. One convolution may use hundreds of thousands of them.
#   - zh: 一步计算，比如一次卷积或一次相加
#     en: One step of computing, such as a convolution or an addition
#     right: true
#     why:
#       zh: 对！节点是算子，箭头上走的是数。
#       en: Right! Nodes are operators, and numbers travel along the arrows.
#   - zh: 一行 Python 代码
#     en: One line of Python
#     why:
#       zh: 文件里没有 Python，所以没有装 Python 的设备也能用它。
#       en: There is no Python in the file; that is why a device without Python can use it.
# - question:
#     zh: 卷积是 ×2 + 1，批归一化是减 3、除以 2、乘 4、加 1。折成一步，是什么？
#     en: The convolution is × 2 + 1, the batch normalisation minus 3, divided by 2, times 4, plus 1. What is it in one step?
#   choices:
#   - zh: ×4 − 3
#     en: × 4 − 3
#     right: true
#     why:
#       zh: 对！2 × 4 ÷ 2 = 4，(1 − 3) × 4 ÷ 2 + 1 = −3。
#       en: Right! 2 × 4 ÷ 2 = 4, and (1 − 3) × 4 ÷ 2 + 1 = −3.
#   - zh: ×4 + 2
#     en: × 4 + 2
#     why:
#       zh: 乘数对了；加数要先减去平均 3，再乘 4 ÷ 2，最后加 1。
#       en: The factor is right. The number to add first loses the mean, 3, then is multiplied by 4 ÷ 2, and 1 comes last.
#   - zh: ×8 + 1
#     en: × 8 + 1
#     why:
#       zh: 别忘了除以波动 2，再代一个数检验：输入 1 应该得 1。
#       en: Divide by the spread, 2. Try a number to be sure; the input 1 should give 1.
# - question:
#     zh: 简化以后节点从 595 个变成 94 个，文件大小却几乎没变。为什么？
#     en: Simplifying takes 595 nodes to 94, and the file is hardly smaller. Why?
#   choices:
#   - zh: 简化没有成功
#     en: It did not work
#     why:
#       zh: 节点确实少了 501 个，而且输出一点没变。
#       en: There are 501 nodes less, and not one output has changed.
#   - zh: 去掉的节点里只有很少的数；文件的大小看权重
#     en: The nodes that went hold few numbers; the size of a file is its weights
#     right: true
#     why:
#       zh: 对！336 万个权重占了 13.4 MB，一个也没少。想让文件变小，要量化。
#       en: Right! 3.36 million weights take 13.4 MB, and all are still there. To make the file small, quantize.
#   - zh: 节点被藏进了模型卡
#     en: The nodes were hidden in the model card
#     why:
#       zh: 模型卡只写模型是什么；去掉的节点已经提前算好，不再需要。
#       en: The card says what the model is. The nodes that went were computed beforehand and are needed no more.

# %% tags=["view"]
lesson.view("recall", "nodes_left")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 计算图：**节点**是算子，**箭头**上走的是数，**常数**是存好的权重；从上到下读，弧线是捷径；
# - 折叠：几步乘和加可以合成一步，常数可以提前算好，Dropout 可以拿掉；ReLU 挡在中间就不行。对**所有**输入都一样，才算证明；
# - 转换器导出时折掉批归一化，再去掉只和常数有关的节点；可变的维度越多，能提前算的越少。
#
# 你的 ONNX 文件保存在这台电脑上。想一想：答案“相同”，为什么最大的差别还不是 0？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - A graph: **nodes** are operators, numbers travel along **arrows**, **constants** are stored weights. Read it from top to bottom; arcs are shortcuts.
# - Folding: several multiplications and additions become one, constants are worked out beforehand, Dropout goes; a ReLU in between forbids it. Only the same for **every** input is a proof.
# - The converter folds batch normalisation on export, then takes out what depends on constants alone. The more sizes are free, the less can be done beforehand.
#
# Your ONNX file is saved on this computer. Think about it: the answers are “the same”, so why is the largest difference not 0?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。训练只要几秒到半分钟；做过第 1 课的可以跳过。时间留给折叠。
#
# - **引入（4 分钟）**：黑板上写“÷ 2，× 6”，请一个同学用一步说完。再写“× 2，负数变 0，+ 1”，问：能不能合成一步？（不能。）
# - **动手折叠（15 分钟）**：人人先用笔算两个数，再拖滑块。“碰巧”那一关值得停下来讨论：一张图片答案相同，能说明模型相同吗？
# - **交给转换器**：读表的时候问：哪些算子整行消失了？（Shape、Gather、Cast、Pad……都是算补边用的。）
# - **看看里面**：四个“找一找”分组抢答。
# - **常见的错误**：先只给错误信息，请学生翻译“index 0, Got 2, Expected 1”。
#
# ## 会看到什么数字
#
# 两核的电脑，EfficientNet-Lite0，12 轮，随机种子 0：
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 训练 | 验证 85%–87% |
# | 折叠的答案 | 常数 ×2 + 1.5；批归一化 ×3 − 2.5；四个节点 ×(−2) + 1；陷阱 ×1 − 0.5（右边对上，左边差 0.5） |
# | 转换，batch | 595 → 94 个节点；255 个只和常数、尺寸有关，231 个是常数；简化前后差 0；91 张答案全同，最大差 0.000006 |
# | 转换，none / all / 不简化 | 94 / 299 / 595 个节点 |
# | 放进图片的准备 | 221 个节点，91 张答案全同，像素最多差 1 级 |
# | 看看里面 | Conv 49，Clip 33，Add 9，其余各 1；捷径 9 条；13.5 MB |
# | ResNet18 / LeNet | 49 → 49（20 个批归一化在导出时折掉）/ 12 → 12 |
# | 练习 | 权重最大差 0.000001，加数最大差 0.00000001 |
#
# 学生若从第 1 课带来别的网络，节点数不同。只想快一点的班，可以用 LeNet，但它没有批归一化可折。
#
# ## 常见的误解
#
# - **“节点少了，所以文件小了。”** 文件是权重。请看表的最后一行：前后都是 13.5 MB。
# - **“节点少了，所以一定快很多。”** 推理引擎自己也会简化。快多少要测，那是后面的课。
# - **“批归一化训练时也能折掉。”** 训练模式下，平均和波动随每一批变，不是常数。
# - **“两个输出在一张图片上相同，就是同一个模型。”** 见“碰巧”。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. The training takes seconds to half a minute; whoever did lesson 01 can skip it. The time belongs to folding.
#
# - **Opening (4 minutes):** write “÷ 2, × 6” on the board and have it said in one step. Then write “× 2, negatives become 0, + 1” and ask for one step. (There is none.)
# - **Fold by hand (15 minutes):** two numbers with the pencil before anyone moves a slider. Stop at “a coincidence”: if two models agree on one picture, are they the same?
# - **Let the converter do it:** when the table is open, ask which rows have gone. (Shape, Gather, Cast, Pad …: all of them worked out borders.)
# - **Look inside:** the four questions as a race of groups.
# - **A common mistake:** show only the message first and have “index 0, Got 2, Expected 1” put into plain words.
#
# ## Figures to expect
#
# On a computer with two cores, EfficientNet-Lite0, 12 epochs, random seed 0:
#
# | Where | About |
# |---|---|
# | Train | validation 85%–87% |
# | Answers of the folding | constants × 2 + 1.5; batch normalisation × 3 − 2.5; four nodes × (−2) + 1; the trap × 1 − 0.5 (right part agrees, left is 0.5 off) |
# | Convert, batch | 595 → 94 nodes; 255 depend on constants and sizes alone, 231 are constants; before and after differ by 0; 91 of 91 answers, largest difference 0.000006 |
# | Convert, none / all / not simplified | 94 / 299 / 595 nodes |
# | Preparation in the graph | 221 nodes, 91 of 91 answers, pixels at most 1 level off |
# | Look inside | Conv 49, Clip 33, Add 9, one each of the rest; 9 shortcuts; 13.5 MB |
# | ResNet18 / LeNet | 49 → 49 (20 batch normalisations folded on export) / 12 → 12 |
# | Exercise | weights at most 0.000001 apart, numbers to add 0.00000001 |
#
# Students who bring another network from lesson 01 see other counts. LeNet is quicker, but has no batch normalisation to fold.
#
# ## Usual misconceptions
#
# - **“Fewer nodes, so the file is smaller.”** A file is its weights. See the last row of the table: 13.5 MB before and after.
# - **“Fewer nodes, so it must be much faster.”** Runtimes simplify too. How much faster has to be measured; that is a later lesson.
# - **“Batch normalisation could be folded during training too.”** In training mode mean and spread change with every batch; they are no constants.
# - **“Both gave the same for one picture, so they are the same model.”** See the coincidence.
