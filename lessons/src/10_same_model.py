# ---
# jupyter:
#   edukit:
#     minutes: 50
#     art: scales straight_ruler mag
#     title:
#       zh: 还是同一个模型吗？
#       en: Is it the same model?
#     chapter:
#       zh: 转换与比较
#       en: Convert and compare
#     summary:
#       zh: 答案一样，数字却在第 7 位上不同。看清一个数怎样存成 fp32、bf16、fp16 和 INT8，再学会公平地判断两个模型是不是同一个。
#       en: The answers agree, and the numbers differ in the 7th digit. See how fp32, bf16, fp16 and INT8 store a number, and learn to judge fairly.
#     steps:
#       - {name: rounding, minutes: 14, zh: 一个数怎么存, en: How a number is stored}
#       - {name: train, minutes: 4, zh: 一个要比较的网络, en: A network to compare}
#       - {name: convert, minutes: 9, zh: 对一对数字, en: Number against number}
#       - {name: compare, minutes: 7, zh: 考试, en: The exam}
#     needs: {dataset: emoji, lesson: 09_convert, artefacts: [checkpoint, onnx, int8]}
#     leaves: [checkpoint, onnx, int8]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 一张熊的图片，同一个网络，先问 PyTorch，再问 ONNX。两边都说“动物”。可是仔细看分数：一边是 −4.30679**4**，另一边是 −4.30679**1**。是转换出了错，还是本来就该这样？
#
# **学完这一课，你能够**：
#
# 1. 说出 fp32、bf16、fp16 和 INT8 各有几位数字可靠，为什么大数旁边的格子更宽；
# 2. 解释为什么同样的数换个顺序加，得数会不同；
# 3. 用“答案、最大的差别、可以差多少”判断两个模型是不是同一个。
#
# **需要**：这台电脑就够了，前面的课没做也可以。**你会做出**：一个模型的三种形式，和它们是否相同的证据。

# %% [markdown] tags=["en"]
# # [[title]]
#
# The picture of a bear, one network, asked twice: in PyTorch and as ONNX. Both say “animal”. But look closely at a score: −4.30679**4** here, −4.30679**1** there. Has the conversion broken something, or must it be like this?
#
# **After this lesson you can:**
#
# 1. say how many digits of fp32, bf16, fp16 and INT8 can be trusted, and why the steps are wider between large numbers;
# 2. explain why the same numbers, added in another order, give another sum;
# 3. judge whether two models are the same: by their answers, the largest difference, and how much is allowed.
#
# **You need:** this computer; the earlier lessons are not required. **You make:** one model in three forms, and the evidence whether they are the same.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 在 Python 里输入 `0.1 + 0.2 + 0.3`，得到 0.6000000000000001。换个顺序，`0.3 + 0.2 + 0.1`，得到 0.6。数学课上说加法可以交换次序；电脑里**不一定**。
#
# 这不是电脑坏了。存一个数只有那么几位，存不下的要舍掉，每算一步都可能舍一次。一个网络要算几亿步。所以问“数字是不是一模一样”，多半得到“不是”；而两个真正不同的模型，也会得到“不是”。怎样分清“舍入”和“出错”？**这就是这一课要学的。**

# %% [markdown] tags=["en"]
# ## Why it matters
#
# Type `0.1 + 0.2 + 0.3` in Python: 0.6000000000000001. Type `0.3 + 0.2 + 0.1`: 0.6. In mathematics the order of a sum does not matter. In a computer **it may**.
#
# Nothing is broken. There is room for so many digits, the rest is rounded away, and this can happen at every step. A network takes hundreds of millions of steps. So “are the numbers exactly the same?” is mostly answered by no, and for two models that really differ the answer is no as well. **How do you tell rounding from a mistake?** That is what this lesson is for.

# %% [raw] tags=["guess"]
# name: answers_changed
# question:
#   zh: 量化成 INT8 以后，每个权重只剩 1 个字节。100 张测试图片里，有几张的答案会变？
#   en: After quantizing to INT8 each weight is one byte. Of 100 test pictures, how many will get another answer?
# choices:
# - {value: 0, zh: 几乎没有, en: "next to none"}
# - {value: 10, zh: 大约 10 张, en: "about 10"}
# - {value: 30, zh: 大约 30 张, en: "about 30"}
# later:
#   zh: 你的猜测已经记下来了。考试以后，我们再来看。
#   en: Your guess is kept. We come back to it after the exam.
# measured: answers_changed
# close_to: 4
# close:
#   zh: 你猜 100 张里大约变 {guess} 张，测出来是 {measured} 张。猜得真准！
#   en: You guessed about {guess} of 100; {measured} of 100 have changed. Well guessed!
# apart:
#   zh: 你猜 100 张里大约变 {guess} 张，测出来是 {measured} 张。为什么数字差得多，答案却变得少？
#   en: "You guessed about {guess} of 100; {measured} of 100 have changed. Why do numbers change so much, and answers so little?"

# %% [markdown] tags=["zh"]
# ## [[rounding]]
#
# 电脑用一格一格的**二进制位**存一个数：符号、指数（数有多大）、数字（有多细）。
#
# | 存法 | 位数 | 可靠的数字 | 最大 |
# |---|---|---|---|
# | fp32 | 32 | 大约 7 位 | 3.4 × 10³⁸ |
# | bf16 | 16 | 2–3 位 | 3.4 × 10³⁸ |
# | fp16 | 16 | 3–4 位 | 65504 |
# | INT8 | 8 | 看格子有多宽 | 127 格 |
#
# **先猜一猜**：fp32 里有一个 500 万，往上加 0.1，加 1000 次，得多少？然后拖一拖：数字 5.00，6 次方，加 1000 个。

# %% [markdown] tags=["en"]
# ## [[rounding]]
#
# A computer stores a number in **bits**: the sign, the exponent (how large), the digits (how fine).
#
# | Form | Bits | Digits to trust | Largest |
# |---|---|---|---|
# | fp32 | 32 | about 7 | 3.4 × 10³⁸ |
# | bf16 | 16 | 2 to 3 | 3.4 × 10³⁸ |
# | fp16 | 16 | 3 to 4 | 65504 |
# | INT8 | 8 | depends on the step | 127 steps |
#
# **Guess first:** a number in fp32 is five million, and 0.1 is added to it a thousand times. What comes out? Then try it: digits 5.00, power 6, added 1000 times.

# %% tags=["view"]
lesson.view("rounding")

# %% [markdown] tags=["zh"]
# **你应该看到**：500 万还是 500 万！那里的一格宽 0.5，0.1 连半格都不到，每次都被舍掉。先把 1000 个 0.1 加起来，最后再加 500 万，就得 5000100。200 万呢？先放大数得 2000125，先加小数得 2000100。
#
# 数越大，格子越宽，所以浮点数总是留住**前几位**，不管数多大。INT8 不同：格子一样宽，太小的成了 0，太大的成了 12.7。
#
# <details><summary>bf16 把 0.1 加 1000 次，停在 32。网络里那么多加法，还能用吗？</summary>
#
# 能。芯片存的是 bf16，加的时候用 fp32，最后才舍入一次。INT8 也一样：整数相加用 32 位，什么也不舍。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** five million stays five million! The step there is 0.5 wide; 0.1 is not even half of it, and is rounded away each time. Add up the thousand tenths first and the five million last, and you get 5000100. At two million it is 2000125 with the number first, and 2000100 with the small ones first.
#
# The larger the number, the wider the step: floating-point numbers always keep the **first digits**. INT8 differs: all steps are equal, what is too small becomes 0, what is too large becomes 12.7.
#
# <details><summary>bf16 adds 0.1 a thousand times and stops at 32. How can a network full of sums use it?</summary>
#
# Chips store bf16 but add in fp32, and round once at the end. INT8 does likewise: whole numbers are added with 32 bits, and nothing is rounded.
#
# </details>

# %% tags=["code"]
import numpy as np

images = np.random.default_rng(0).random(1_000_000, dtype=np.float32)
print(np.cumsum(images)[-1], np.cumsum(images[::-1])[-1], np.cumsum(np.sort(images))[-1], images.sum())
print(np.cumsum(np.full(10_000_000, 0.1, np.float32))[-1])

# %% [markdown] tags=["zh", "code"]
# **你应该看到**：同样的一百万个数，从前往后、从后往前、从小到大加，得 500373.44、500375.84、500383.8；`sum()` 分组来加，得 500377.25，最接近真正的 500377.27。一千万个 0.1 加起来，竟然是 1087937。

# %% [markdown] tags=["en", "code"]
# **You should see:** the same million numbers, forwards, backwards and from small to large, add up to 500373.44, 500375.84 and 500383.8; `sum()` adds in groups, and its 500377.25 is nearest to the true 500377.27. Ten million tenths add up to 1087937.

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 现在看真的网络。前面的课里有模型的，可以直接用；没有的话，用 **EfficientNet-Lite0** 训练 **12** 轮，学习率 **0.002**。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# Now a real network. If an earlier lesson left you one, go on with it; if not, train **EfficientNet-Lite0** for **12** epochs at the rate **0.002**.

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
classes = dataset.classes
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：验证准确率 85% 左右。

# %% [markdown] tags=["en"]
# **You should see:** a validation accuracy of about 85%.

# %% [markdown] tags=["zh"]
# ## [[convert]]
#
# 转换成 ONNX 和 INT8，看关卡怎么说。

# %% [markdown] tags=["en"]
# ## [[convert]]
#
# Convert to ONNX and INT8, and read what the gate says.

# %% tags=["code"]
onnx = ek.convert(trained.best, data=dataset)
small = ek.quantize(onnx, calibration=dataset.train)
small

# %% tags=["view"]
lesson.view("convert")

# %% [markdown] tags=["zh"]
# **你应该看到**：答案全部相同，数值最多只差百万分之几。关卡允许差多少？最大输出的万分之一，这里大约是 0.0007。实际的差别只有它的百分之一。
#
# **先猜一猜**：39 张验证图片，每张 6 个分数，一共 234 个数。PyTorch 和 ONNX 有几个数**一模一样**？三个网络（三个随机种子）都量过，分数在 −8.2 到 5.3 之间：
#
# | 和“PyTorch 一张一张问”相比 | 最大的差别 | 一模一样的数 | 答案变了 |
# |---|---|---|---|
# | PyTorch 再问一遍 | 0 | 234 | 0&nbsp;张 |
# | PyTorch，39 张一批 | 0.000001 | 72–81 | 0&nbsp;张 |
# | PyTorch，线程从 2 个变成 1 个 | 0.000004–0.000006 | 19–25 | 0&nbsp;张 |
# | **ONNX** | 0.000005–0.000008 | **8–10** | 0&nbsp;张 |
# | fp16 | 0.02–0.03 | 0 | 0&nbsp;张 |
# | bf16 | 0.18–0.27 | 0 | 0–1&nbsp;张 |
# | INT8 | 0.68–1.1 | 0 | 0–2&nbsp;张 |
#
# 看第二、三行：还是 PyTorch，只是分批不同、线程不同，加法的**次序**就变了。ONNX 的差别和它们差不多大。这是舍入，不是出错。

# %% [markdown] tags=["en"]
# **You should see:** all answers agree, and numbers differ by a few millionths at most. How much does the gate allow? A ten-thousandth of the largest output, here about 0.0007. The real difference is a hundredth of that.
#
# **Guess first:** 39 validation pictures with 6 scores each make 234 numbers. How many are **exactly equal** in PyTorch and ONNX? It was measured with three networks (three random seeds), whose scores lie between −8.2 and 5.3:
#
# | Against “PyTorch, one picture at a time” | Largest difference | Exactly equal | Answers changed |
# |---|---|---|---|
# | PyTorch, asked again | 0 | 234 | 0 |
# | PyTorch, all 39 in a batch | 0.000001 | 72–81 | 0 |
# | PyTorch, 1 thread instead of 2 | 0.000004–0.000006 | 19–25 | 0 |
# | **ONNX** | 0.000005–0.000008 | **8–10** | 0 |
# | fp16 | 0.02–0.03 | 0 | 0 |
# | bf16 | 0.18–0.27 | 0 | 0–1 |
# | INT8 | 0.68–1.1 | 0 | 0–2 |
#
# Look at rows two and three: still PyTorch, only other batches and other threads, which changes the **order** of the sums. ONNX is about as far off as they are. That is rounding, not a mistake.

# %% tags=["code"]
def scores(path):
    model = ek.load_model(path)
    return np.concatenate([model.run(model.card.preprocess(sample.image()))["scores"] for sample in dataset.validation])


result = {name: scores(path) for name, path in (("PyTorch", trained.best), ("ONNX", onnx), ("INT8", small))}
for label, images in result.items():
    print(label, f"{np.abs(images - result['PyTorch']).max():.1e}", (images == result["PyTorch"]).sum(), images[0].round(7))

# %% tags=["code"]
labels = {name: images.argmax(axis=1) for name, images in result.items()}
images = np.sort(result["PyTorch"], axis=1)
for label in np.flatnonzero(labels["INT8"] != labels["PyTorch"]):
    print(dataset.validation[int(label)].path.name, f"{images[label, -1] - images[label, -2]:.3f}")

# %% [markdown] tags=["zh"]
# <details><summary>INT8 差到 1.1，答案为什么几乎不变？</summary>
#
# 答案只看**哪个分数最大**。变了答案的是胡萝卜、独木舟、企鹅和渡船：PyTorch 给它们的前两名本来就只差 0.01 到 0.29。第一名领先很多的图片，差一点不要紧。
#
# </details>

# %% [markdown] tags=["en"]
# <details><summary>INT8 is up to 1.1 off. Why do the answers hardly change?</summary>
#
# An answer asks only **which score is the largest**. The answers that changed were carrot, canoe, penguin and ferry, where PyTorch's two best scores were only 0.01 to 0.29 apart anyway. Where the winner is far ahead, a little more or less does not matter.
#
# </details>

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明用 `==` 来比：234 个数里只有 8 个相等。“97% 的数都变了，转换坏了！”他删掉文件，从头再来，结果还是一样。
#
# 小红只比了一张图片的答案：“都是动物，那就是同一个模型！”可是猜“动物”的模型多的是。
#
# 两个人都问错了。该问三件事：**所有**图片的答案一样吗？最大的差别有多大？和分数的大小比，这算多吗？差 0.000007，对 8 这么大的分数来说，就是第 7 位。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom compares with `==`: of 234 numbers 8 are equal. “97% have changed, the conversion is broken!” He deletes the file, starts again, and gets the same.
#
# Ann compares one picture: “Both say animal, so it is the same model!” But many a model says animal.
#
# Both asked the wrong question. Ask three: do **all** answers agree? How large is the largest difference? And is that much, next to the scores? 0.000007, where scores go up to 8, is the 7th digit.

# %% tags=["code", "mistake"]
print(np.array_equal(result["ONNX"], result["PyTorch"]))
print(np.allclose(result["ONNX"], result["PyTorch"], rtol=0, atol=1e-4 * np.abs(result["PyTorch"]).max()))

# %% [markdown] tags=["zh"]
# ## 练习
#
# 先在[[rounding]]里找：fp16 从多大开始，加 0.1 就一点也不动了？
#
# 然后在笔记本里写一个公平的裁判：给它两个模型的分数，它说出哪些图片的答案**真的**变了。前两名相差不到 `tolerance` 的，谁赢都是运气，不算。

# %% [markdown] tags=["en"]
# ## Exercise
#
# First look in [[rounding]]: from what size on does adding 0.1 change nothing at all in fp16?
#
# Then write a fair judge in the notebook: given the scores of two models, it names the pictures whose answer has **really** changed. Where the two best scores were less than `tolerance` apart, winning was luck and does not count.

# %% tags=["zh", "exercise"]
# 把 return None 换成一个列表：答案变了、而且原来的前两名相差超过 tolerance 的图片是第几张。两个数组的形状都是（图片，类别）
def judge(original, other, tolerance):
    return None


mine = judge(result["PyTorch"], result["ONNX"], 1e-4)

# %% tags=["en", "exercise"]
# Replace return None by a list: the places of the pictures whose answer changed although the original's two best were more than
# tolerance apart. Both arrays have the shape (pictures, classes)
def judge(original, other, tolerance):
    return None


mine = judge(result["PyTorch"], result["ONNX"], 1e-4)

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    images = np.array([[2, 1, 0], [1, 1.00001, 0], [0, 3, 1], [5, 0, 0]], np.float32)
    labels = images[[0, 1, 2, 3]] + np.array([[0, 0, 0], [1e-4, 0, 0], [4, 0, 0], [-1, 0, 0]], np.float32)
    assert list(judge(images, images, 1e-3)) == [], "和自己比，什么也没变"
    assert list(judge(images, labels, 1e-3)) == [2], "只有第 2 张真的变了：第 1 张的前两名几乎一样"
    assert list(judge(images, labels, 1e-9)) == [1, 2], "tolerance 小了，第 1 张也要算"
    print("ONNX:", list(mine), "INT8:", list(judge(result["PyTorch"], result["INT8"], 1e-4)))

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    images = np.array([[2, 1, 0], [1, 1.00001, 0], [0, 3, 1], [5, 0, 0]], np.float32)
    labels = images[[0, 1, 2, 3]] + np.array([[0, 0, 0], [1e-4, 0, 0], [4, 0, 0], [-1, 0, 0]], np.float32)
    assert list(judge(images, images, 1e-3)) == [], "against itself nothing has changed"
    assert list(judge(images, labels, 1e-3)) == [2], "only picture 2 has really changed: in picture 1 the two best are all but equal"
    assert list(judge(images, labels, 1e-9)) == [1, 2], "with a small tolerance picture 1 counts too"
    print("ONNX:", list(mine), "INT8:", list(judge(result["PyTorch"], result["INT8"], 1e-4)))

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
import numpy as np


def judge(original, other, tolerance):
    result = np.sort(original, axis=1)
    return np.flatnonzero((original.argmax(1) != other.argmax(1)) & (result[:, -1] - result[:, -2] > tolerance)).tolist()

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
onnx = ek.convert(trained.best)
small = ek.quantize(onnx, calibration=dataset.train)

# %% tags=["solution"]
def scores(path):
    model = ek.load_model(path)
    return np.concatenate([model.run(model.card.preprocess(sample.image()))["scores"] for sample in dataset.validation])


print([judge(scores(trained.best), scores(path), 1e-4) for path in (onnx, small)])

# %% [markdown] tags=["zh", "solution"]
# ONNX 一张也没有变；INT8 在三次训练里各变 2、0、2 张。fp16：从 **256** 起，一格宽 0.25，0.1 不到半格，怎么加都不动；128 到 256 之间一格宽 0.125，0.1 超过半格，每次都走一整格。

# %% [markdown] tags=["en", "solution"]
# ONNX changed none; INT8 changed 2, 0 and 2 in three trainings. In fp16 nothing moves from **256** on, where a step is 0.25 wide and 0.1 is less than half of it. Between 128 and 256 the step is 0.125; 0.1 is more than half, and each addition goes a whole step.

# %% [markdown] tags=["zh"]
# ## [[compare]]
#
# 现在**测试集**出场。三种形式回答同样的 91 张图片：准确率多少，和 PyTorch 有几张答案相同，变了的是哪几张？

# %% [markdown] tags=["en"]
# ## [[compare]]
#
# Now the **test pictures** come out. All three forms answer the same 91: how many are right, how many answers are those of PyTorch, and which have changed?

# %% tags=["code"]
result = ek.compare([trained.best, onnx, small], dataset.test)
result

# %% tags=["view"]
lesson.view("compare")

# %% [markdown] tags=["zh"]
# **你应该看到**：ONNX 的答案全部相同。INT8 也几乎全部相同（三次训练，91 张里一张也没变）。如果有变了的，点开看一看：它的前两名是不是本来就很接近？

# %% [markdown] tags=["en"]
# **You should see:** ONNX gives every answer of PyTorch. INT8 gives nearly all (in three trainings not one of 91 changed). If some have changed, open them: were the two best close anyway?

# %% [raw] tags=["check"]
# checks:
# - {check: smaller, times: 2.5}
# - {check: same_answers, at_least: 0.95}
# - {check: accurate, at_least: 0.75, model: int8}
# passed:
#   zh: 全部通过：数字不完全一样，但它还是同一个模型，你有证据！
#   en: "All passed: not the same numbers, but the same model, and you have the evidence!"
# failed:
#   zh: 还没有全部通过。用 EfficientNet-Lite0 训练 12 轮，转换并量化，然后再来检查。
#   en: Not all passed. Train EfficientNet-Lite0 for 12 epochs, convert and quantize, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: fp32 里有一个 500 万，加上 0.1，为什么不变？
#     en: Why does five million in fp32 stay as it is when 0.1 is added?
#   choices:
#   - zh: fp32 存不下 0.1
#     en: fp32 cannot store 0.1
#     why:
#       zh: 0.1 存得下，有 7 位可靠。问题出在大数旁边。
#       en: It can, with 7 digits to trust. The trouble is beside the large number.
#   - zh: 500 万旁边一格宽 0.5，0.1 不到半格，被舍掉了
#     en: The next number is 0.5 away; 0.1 is less than half of that and is rounded away
#     right: true
#     why:
#       zh: 对！数越大，格子越宽。
#       en: Right! The larger the number, the wider the step.
#   - zh: 500 万太大，超出了范围
#     en: Five million is out of range
#     why:
#       zh: fp32 能存到 3.4 × 10³⁸，还远着呢。
#       en: fp32 goes up to 3.4 × 10³⁸. There is plenty of room.
# - question:
#     zh: 同一个 PyTorch 网络，一张一张问和一批一起问，分数差 0.000001。为什么？
#     en: One PyTorch network, asked picture by picture and then in a batch, differs by 0.000001. Why?
#   choices:
#   - zh: 网络忘了 eval()
#     en: eval() was forgotten
#     why:
#       zh: 那样答案会大变，不止差百万分之一。
#       en: Then the answers would be wild, not a millionth off.
#   - zh: 图片在一批里互相影响
#     en: The pictures of a batch affect each other
#     why:
#       zh: 评估模式下，每张图片的答案只看它自己。
#       en: In eval mode each picture is answered by itself.
#   - zh: 分批以后，加法的次序变了，舍入也跟着变
#     en: Batches change the order of the sums, and with it the rounding
#     right: true
#     why:
#       zh: 对！数学上相等的两种算法，在电脑里差在最后一位。
#       en: Right! Two ways that are equal in mathematics differ in a computer's last digit.
# - question:
#     zh: 要证明 ONNX 和 PyTorch 是同一个模型，哪一种最有说服力？
#     en: What is the best evidence that ONNX and PyTorch are the same model?
#   choices:
#   - zh: 所有测试图片的答案相同，最大的差别远小于分数
#     en: All test pictures get the same answer, and the largest difference is tiny next to the scores
#     right: true
#     why:
#       zh: 对！许多图片、最大的差别、和分数的大小比，三样都有。
#       en: "Right! Many pictures, the largest difference, and a scale to hold it against."
#   - zh: 两个模型的准确率相同
#     en: Both have the same accuracy
#     why:
#       zh: 准确率相同的两个模型，可能错在不同的图片上。
#       en: Two models of the same accuracy may be wrong on different pictures.
#   - zh: 每个数都用 == 比过，全部相等
#     en: Every number was compared with == and is equal
#     why:
#       zh: 几乎做不到：同一个模型换个线程数，大多数数就不相等了。
#       en: That hardly ever happens. With another number of threads even one model would fail.

# %% tags=["view"]
lesson.view("recall", "answers_changed")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - fp32 约 7 位可靠，fp16 3–4 位，bf16 2–3 位但范围大，INT8 格子一样宽；浮点数越大，格子越宽；
# - 每一步都要舍入，所以加法的次序不同，得数就不同：分批、线程、转换都会改变次序；
# - 判断是不是同一个模型：所有图片的答案、最大的差别、和分数相比算不算大；前两名几乎相等的图片不算失败。
#
# 你的三个文件都保存在这台电脑上。想一想：INT8 的数字差得最多，为什么人们还是爱用它？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - About 7 digits of fp32 can be trusted, 3 to 4 of fp16, 2 to 3 of bf16, which reaches further; INT8 has equal steps. The larger a floating-point number, the wider the step.
# - Every step rounds, so another order of sums gives another result; batches, threads and conversion all change the order.
# - The same model? Ask for the answers to all pictures, the largest difference, and whether it is large next to the scores. A picture whose two best are all but equal is no failure.
#
# All three files are saved on this computer. Think about it: INT8 has the largest differences, so why is it so popular?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。训练几秒到半分钟；有第 9 课模型的可以跳过。
#
# - **引入（4 分钟）**：在投影上输入 `0.1 + 0.2 + 0.3` 和 `0.3 + 0.2 + 0.1`，先请大家猜。
# - **一个数怎么存（14 分钟）**：可以演：每个同学只许记两位数字，把 90、0.4、0.4、0.4 依次加起来，一直是 90；先加三个 0.4，得 1.2，再加 90，得 91。
# - **对一对数字**：表格先盖住“一模一样的数”一列，请学生猜 ONNX 那一格。多数人会猜 200 以上。
# - **常见的错误**：让学生分别反驳小明和小红。
# - **考试**：如果 INT8 没有一张变，问：能说它和 PyTorch“一模一样”吗？（不能，分数差了很多；只能说在这 91 张上答案相同。）
#
# ## 会看到什么数字
#
# 两核的电脑（AMD EPYC），EfficientNet-Lite0，12 轮，随机种子 0、1、2：
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 探索，fp32，5.00 × 10⁶，1000 个 0.1 | 先放大数 5000000，先加小数 5000100 |
# | 探索，fp32，2.00 × 10⁶，1000 个 | 2000125 和 2000100 |
# | 探索，bf16，3.14，1000 个 | 停在 32；先加小数 35.25；应该是 103.14 |
# | 探索，fp16 | 6.56 × 10⁴ 起是无穷大；10⁻⁸ 是 0；256 起加 0.1 不动 |
# | 转换的关卡 | 91 张全同，最大差 0.000006–0.00001，允许 0.0007 |
# | 验证集 39 张 | 见课文的表；线程数和电脑不同，“一模一样的数”会不同 |
# | 考试 | PyTorch、ONNX、INT8 都是 88%–90%；91 张里 INT8 一张也没变 |
#
# fp16 和 bf16 那两行是把整个网络换成那种存法在 PyTorch 里测的。
#
# ## 常见的误解
#
# - **“电脑算数从不出错，所以数字应该完全一样。”** 它按规则舍入，从不随便；可是次序不同，舍入就不同。再问一遍、次序相同，234 个数全部相等。
# - **“差别小，所以答案一定相同。”** 前两名几乎相等的时候，再小的差别也能换掉第一名。
# - **“准确率相同就是同一个模型。”** 可能错在不同的图片上。
# - **“bf16 和 fp16 一样，都是 16 位。”** bf16 把位数给了指数：范围大，数字少。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. The training takes seconds to half a minute; whoever has a model of lesson 09 can skip it.
#
# - **Opening (4 minutes):** type `0.1 + 0.2 + 0.3` and `0.3 + 0.2 + 0.1` for all to see, and let them guess first.
# - **How a number is stored (14 minutes):** it can be acted. Everyone may keep two digits only: 90 plus 0.4, 0.4 and 0.4, one after the other, stays 90; with the three 0.4 first it is 1.2, and 90 more make 91.
# - **Number against number:** cover the column “Exactly equal” and have the cell of ONNX guessed. Most will say over 200.
# - **A common mistake:** let students answer Tom and Ann.
# - **The exam:** if INT8 changed none, ask whether it is “exactly the same”. (No, its scores differ a lot; its answers agree on these 91.)
#
# ## Figures to expect
#
# On a computer with two cores (AMD EPYC), EfficientNet-Lite0, 12 epochs, random seeds 0, 1 and 2:
#
# | Where | About |
# |---|---|
# | Explorable, fp32, 5.00 × 10⁶, 1000 tenths | 5000000 with the number first, 5000100 with the small ones first |
# | Explorable, fp32, 2.00 × 10⁶, 1000 tenths | 2000125 and 2000100 |
# | Explorable, bf16, 3.14, 1000 tenths | stops at 32; small ones first 35.25; should be 103.14 |
# | Explorable, fp16 | infinity from 6.56 × 10⁴ on; 10⁻⁸ is 0; from 256 on adding 0.1 moves nothing |
# | Gate of the conversion | 91 of 91, largest difference 0.000006–0.00001, 0.0007 allowed |
# | The 39 validation pictures | the lesson's table; with other threads or computers, other counts of equal numbers |
# | Exam | PyTorch, ONNX and INT8 all 88%–90%; of 91 INT8 changed none |
#
# The rows of fp16 and bf16 were measured in PyTorch with the whole network in that form.
#
# ## Usual misconceptions
#
# - **“Computers never err, so the numbers must be the same.”** They round by strict rules, but another order rounds differently. Asked again in the same order, all 234 numbers are equal.
# - **“A small difference cannot change an answer.”** Where the two best are all but equal, any difference can.
# - **“The same accuracy means the same model.”** They may be wrong on different pictures.
# - **“bf16 and fp16 are alike, both have 16 bits.”** bf16 spends them on the exponent: more range, fewer digits.
