# ---
# jupyter:
#   edukit:
#     minutes: 55
#     art: snail racing_car rocket
#     title:
#       zh: 真的变快了吗？
#       en: Is it faster?
#     chapter:
#       zh: 转换与比较
#       en: Convert and compare
#     summary:
#       zh: 先猜再测：换一种形式快几倍？图片大小、批大小和固定开销怎样改变答案。
#       en: Guess, then measure. How many times as fast is another form, and how do size, batch and the cost of a call change the answer?
#     steps:
#       - {name: train, minutes: 4, zh: 要测的模型, en: A model to time}
#       - {name: convert, minutes: 5, zh: 三种形式, en: Three forms}
#       - {name: batch, minutes: 14, zh: 一次算几张, en: How many at once}
#       - {name: speed, minutes: 18, zh: 测一张大表, en: Measure the grid}
#     needs: {dataset: emoji, lesson: 10_same_model, artefacts: [checkpoint, onnx, int8]}
#     leaves: [checkpoint, onnx, int8]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# “转成 ONNX，速度快三倍！”这样的话你一定见过。快三倍，是跟谁比？多大的图片？一次几张？在哪台电脑上？这一课，你自己来测。
#
# **学完这一课，你能够**：
#
# 1. 说清楚延迟、吞吐量和每次调用的固定开销是什么；
# 2. 预测图片变小、批变大时，谁会得益，再用测量去检验；
# 3. 读懂一个速度比和它的区间，说出“确实更快”是什么意思。
#
# **需要**：这台电脑就够了，前面的课没做也可以；测的时候，把别的程序关掉。**你会做出**：你的三个模型、四种图片大小的一张速度表和一幅图。

# %% [markdown] tags=["en"]
# # [[title]]
#
# “Convert to ONNX: three times as fast!” You have surely read such a thing. Three times as fast as what? With pictures of which size, how many at once, on which computer? In this lesson you measure it yourself.
#
# **After this lesson you can:**
#
# 1. say what latency, throughput and the cost of a call are;
# 2. predict who gains when pictures get smaller or batches larger, and test it by measuring;
# 3. read a ratio of speeds with its interval, and say what “surely faster” means.
#
# **You need:** this computer; the earlier lessons are not required. Close other programs while you measure. **You make:** a table and a plot of speeds, of your three models at four sizes of picture.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 一个分拣苹果的传送带，每秒送来 30 个。模型要是一秒只算得完 20 个，苹果就掉地上了。换一台更贵的电脑？也许不用：同一个网络，换一种**形式**，就可能跟得上。
#
# 可是“快”有两种：
#
# - **延迟**：一张图片从进来到有答案，等多久（毫秒）；
# - **吞吐量**：一秒一共算完几张（张/秒）。
#
# 就像食堂：一个人从排队到吃上饭要几分钟，是延迟；一小时能喂饱几个人，是吞吐量。大锅饭吞吐量高，可是要等一锅煮好，谁也快不了。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# A belt brings 30 apples a second to be sorted. If the model manages only 20, apples fall on the floor. A dearer computer? Perhaps there is no need: the same network in another **form** may keep up.
#
# But “fast” means two things:
#
# - **latency**: how long one picture waits for its answer (milliseconds);
# - **throughput**: how many pictures are done in a second (images/s).
#
# Think of a canteen. How long you wait for your meal is latency; how many people are fed in an hour is throughput. A huge pot feeds many, but nobody eats before the whole pot is done.

# %% [raw] tags=["guess"]
# name: how_many_times
# question:
#   zh: 同一个网络，边长 224 的图片，一次一张，大家都只用一个处理器核心。三种形式（PyTorch、ONNX、INT8）里最快的，速度是 PyTorch 的几倍？
#   en: One network, pictures of 224 pixels, one at a time, one processor core each. The fastest of the three forms (PyTorch, ONNX, INT8) is how many times as fast as PyTorch?
# choices:
# - {value: 1, zh: 差不多：大约 1 倍, en: "much the same: about 1"}
# - {value: 5, zh: 大约 5 倍, en: about 5}
# - {value: 20, zh: 大约 20 倍, en: about 20}
# later:
#   zh: 你的猜测已经记下来了。测完以后，我们再来看。
#   en: Your guess is kept. We come back to it when you have measured.
# measured: times_faster
# close_to: 3
# close:
#   zh: 你猜大约 {guess} 倍，这台电脑上测出来大约 {measured} 倍。猜得真准！
#   en: You guessed about {guess}; this computer says about {measured}. Well guessed!
# apart:
#   zh: 你猜大约 {guess} 倍，这台电脑上测出来大约 {measured} 倍。和你想的不一样——是什么让它这样？
#   en: "You guessed about {guess}; this computer says about {measured}. Not what you thought: what might be the reason?"

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 先要有一个网络，用你熟悉的 EfficientNet-Lite0。按“开始训练”。前面的课里训练过的，会自动拿来用：可以直接到[[convert]]。
#
# <details><summary>训练得好不好，会影响速度吗？</summary>
#
# 不会。速度只看要做多少次乘法、怎么做；权重是 0.3 还是 0.7，乘起来一样久。不过最后要推荐一个形式，就得知道它准不准，所以还是好好训练。
#
# </details>

# %% [markdown] tags=["en"]
# ## [[train]]
#
# First we need a network: EfficientNet-Lite0, which you know. Press “Train”. A model of your earlier lessons is taken by itself: with one, go straight on to [[convert]].
#
# <details><summary>Does it matter for the speed how well it was trained?</summary>
#
# No. Speed depends on how many multiplications there are and how they are done; 0.3 takes as long as 0.7. But in the end one form is to be recommended, and for that we must know whether it is still right. So train it well.
#
# </details>

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
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
# 把它变成三种形式：PyTorch、ONNX、INT8。今天要测不同大小的图片，所以转换时有一个设置要改：打开“更多设置”，**可变的维度**选 **all**。平时的 batch 只让“一次几张”可变，高和宽是固定的。

# %% [markdown] tags=["en"]
# ## [[convert]]
#
# Make three forms of it: PyTorch, ONNX, INT8. Today pictures of several sizes are timed, so one setting changes: under “More settings”, set **Sizes that stay free** to **all**. The usual choice, batch, lets only the number of pictures vary; height and width are fixed.

# %% tags=["code"]
onnx = ek.convert(trained.best, data=dataset, dynamic="all")
small = ek.quantize(onnx, calibration=dataset.train)
small

# %% tags=["view"]
lesson.view("convert")

# %% [markdown] tags=["zh"]
# **你应该看到**：ONNX 的回答和 PyTorch 全部相同，INT8 的文件小得多（13.6 MB 变成 3.9 MB）。

# %% [markdown] tags=["en"]
# **You should see:** ONNX gives the same answers as PyTorch, and the INT8 file is much smaller (3.9 MB instead of 13.6).

# %% [markdown] tags=["zh"]
# ## [[batch]]
#
# 算一次，不只是做乘法。每次调用，程序都要先准备：检查输入、分配内存、一层一层地安排工作。这叫**固定开销**，图片再小也要付。
#
# > 算一批的用时 ≈ 固定开销 + 张数 × 每张的用时
#
# 下面的数字是真的测出来的。三条横条是三种形式算同一批，灰色是固定开销，每一格是一张图片。**先猜**：把边长从 224 拖到 32，PyTorch 和 ONNX 的差距会变大还是变小？然后完成五个挑战。

# %% [markdown] tags=["en"]
# ## [[batch]]
#
# A run is more than multiplying. At every call the program prepares: it looks at the input, takes memory, arranges the work layer by layer. This is the **cost of the call**, and it is paid however small the picture is.
#
# > time of a run ≈ cost of the call + pictures × time of each
#
# The figures below were really measured. The three bars are the three forms with the same batch: grey is the cost of the call, then a block for each picture. **Guess first:** when the size goes from 224 down to 32, will PyTorch and ONNX move apart or together? Then solve the five challenges.

# %% tags=["view"]
lesson.view("batch")

# %% [markdown] tags=["zh"]
# **你应该看到**：图片越小，差距越大。边长 224 时 ONNX 是 PyTorch 的 2.5 倍，INT8 是 4.7 倍；边长 32 时是 6.9 倍和 9.6 倍。因为这时 PyTorch 的 2.2 毫秒里，有 1.7 毫秒是固定开销，ONNX 只要 0.1 毫秒。
#
# 批越大，固定开销越摊得薄：边长 32 的 PyTorch，一批 16 张，每秒张数是一次一张的 4.4 倍。可是边长 224 的 ONNX，批越大反而越慢：计算已经占满了，中间结果又大得放不进处理器的高速缓存。
#
# <details><summary>每秒 30 张、一批 16 张，为什么第一张要等半秒多？</summary>
#
# 要等后面 15 张到齐：15 ÷ 30 = 0.5 秒，然后才开始算。吞吐量再高，延迟也降不下来。所以摄像头前面，常常一次只算一张。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** the smaller the picture, the further apart. At 224 pixels ONNX is 2.5 times as fast as PyTorch and INT8 4.7 times; at 32 it is 6.9 and 9.6. There 1.7 of PyTorch's 2.2 milliseconds are the cost of the call, which is only 0.1 for ONNX.
#
# In a larger batch that cost is shared: PyTorch at 32 pixels with 16 at once computes 4.4 times as many pictures a second as one by one. Yet ONNX at 224 gets slower with larger batches: it was busy computing all the time, and now its results in between no longer fit into the processor's cache.
#
# <details><summary>At 30 pictures a second and a batch of 16, why does the first picture wait over half a second?</summary>
#
# It waits for the other 15: 15 ÷ 30 = 0.5 seconds, and only then does the run start. No throughput helps against that. Behind a camera one therefore often computes one picture at a time.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[speed]]
#
# 那些数字是别人的电脑测的。现在测**你的**模型、**你的**电脑。规则要公平：
#
# - 每个模型一个进程，线程数一样；
# - 先**预热**：跑到用时稳定了才开始计时；
# - 轮流来：你一次，我一次，电脑忙起来大家一起慢；
# - 看**中位数**（p50），再看 95% 区间。
#
# 速度比的区间是 [1.2, 1.5]，整个在 1 的右边，才能说**确实更快**；要是 [0.9, 1.3]，连谁快都不知道。
#
# “输入边长”选 **32, 64, 128, 224**，然后按“测速”，要一两分钟。这时候先在本子上画：横轴是边长，纵轴是每秒张数，三条线会是什么样？推荐用哪种形式，要看它错了多少，所以最后一步**测试图片**才出场，只用这一次。

# %% [markdown] tags=["en"]
# ## [[speed]]
#
# Those figures came from someone else's computer. Now measure **your** models on **your** computer, by fair rules:
#
# - a process for each model, and as many threads for each;
# - **warm-up** first: the clock counts only when runs take the same time;
# - in turn: one run of mine, one of yours, so that a busy moment slows all of them;
# - look at the **median** (p50), then at the 95% interval.
#
# Only if the interval of a ratio lies above 1 as a whole, such as [1.2, 1.5], is a form **surely faster**. With [0.9, 1.3] we do not even know which of the two is ahead.
#
# Set “Sizes of input” to **32, 64, 128, 224** and press “Measure the speed”; it takes a minute or two. Meanwhile draw on paper: size across, pictures a second upwards. How will the three lines look? Which form to recommend depends on what it gets wrong, so in the last part the **test pictures** come out, this one time.

# %% tags=["code"]
result = ek.compare_speed([trained.best, onnx, small], shapes="32,64,128,224", quick=True, out=lesson.folder / "speed.json", overwrite=True)
result

# %% tags=["code"]
ek.plot_speed([lesson.folder / "speed.json"], out=lesson.folder / "plots")

# %% tags=["code"]
ek.explain_speed([trained.best, onnx, small], dataset.test, speeds=result, quick=True)

# %% tags=["view"]
lesson.view("speed")

# %% [markdown] tags=["zh"]
# **你应该看到**：先是一段话：谁快、快多少、区间是多少，慢的为什么慢，推荐哪一个；然后是图和表。图上三条线越往左（图片越小）分得越开。要是说“有别的程序在运行”，区间会很宽：关掉它们，再测一次。
#
# <details><summary>在我们这台很忙的电脑上</summary>
#
# 边长 32：ONNX 5.5 倍 [3.9, 8.4]，INT8 12 倍 [10, 14]；边长 224：ONNX 3.5 倍 [3.1, 4.0]，INT8 5.8 倍 [5.2, 6.5]。别的程序占了处理器的 77%，所以区间宽；结论没有变：全都在 1 的右边。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** first a paragraph: which form is faster, by how much, with which interval, why the slow one is slow, and which to take. Then the plot and the table. The three lines part the more, the further left you look (the smaller the pictures). If it says that other programs were at work, the intervals are wide: close them and measure once more.
#
# <details><summary>On our computer, which was very busy</summary>
#
# At 32 pixels: ONNX 5.5 times [3.9, 8.4], INT8 12 times [10, 14]. At 224: ONNX 3.5 times [3.1, 4.0], INT8 5.8 times [5.2, 6.5]. Other programs took up to 77% of the processors, so the intervals are wide. What follows is the same: all of them lie above 1.
#
# </details>

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明看到“INT8 是 5.8 倍”，就向分拣苹果的老板保证：“换了它，整条线快 5.8 倍！”结果只快了 2.6 倍。
#
# 他只看了**推理**。从打开图片文件到说出答案，还有读图、缩放、归一化，这些叫**预处理**，用的时间和模型的形式无关。推理要 42 毫秒的时候，两三毫秒的预处理不算什么；推理降到 8 毫秒，它就占了五分之一。表里“预处理 + 推理 + 后处理”那一列，三段都写着。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom reads “INT8: 5.8 times” and promises the owner of the apples: “The whole belt will run 5.8 times as fast!” It turns out to be 2.6.
#
# He looked at the **inference** alone. From opening the file to saying the answer, a picture is also read, resized and normalised. This **preprocessing** takes as long whatever the form of the model. Beside 42 milliseconds of inference two or three hardly count; when inference is down to 8, they are a fifth of it all. The column “before + inference + after” shows all three parts.

# %% tags=["code", "mistake"]
result.to_frame()[["model", "shape", "ratio", "whole_ratio", "preprocess_ms"]]

# %% [markdown] tags=["zh"]
# ## 练习
#
# 换一个网络，结论还一样吗？**MobileNetV3-Small** 是专门为手机设计的，它的卷积很小很零碎。先猜：INT8 还会比 ONNX 快吗？在什么大小的图片上？
#
# 回到[[train]]，网络选 **MobileNetV3-Small**，3 轮就够（速度不看准确率）；转换时“可变的维度”选 **all**；再测一次。在笔记本里可以写代码，只测 ONNX 和 INT8。

# %% [markdown] tags=["en"]
# ## Exercise
#
# Is it the same with another network? **MobileNetV3-Small** was made for phones, of many tiny convolutions. Guess first: will INT8 still be faster than ONNX, and at which sizes?
#
# Go back to [[train]], choose **MobileNetV3-Small** and 3 epochs (speed does not ask for accuracy), convert with **Sizes that stay free** at **all**, and measure again. In the notebook you can write code, and time ONNX and INT8 alone.

# %% tags=["zh", "exercise"]
# 训练、转换（dynamic="all"）、量化，都放进 out=lesson.exercise()；再把 None 换成 ek.compare_speed([ONNX, INT8], …)，边长测 32 和 224
mine = None

# %% tags=["en", "exercise"]
# Train (out=lesson.exercise()), convert with dynamic="all", quantize; then replace None by ek.compare_speed([ONNX, INT8], …) at 32 and 224 pixels
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    assert {one.backbone for one in mine.measured} == {"MobileNetV3-Small"}, "网络应该是 MobileNetV3-Small"
    assert len({one.shape for one in mine.measured}) >= 2 and len(mine.models) >= 2, "至少两种形式、两种边长；转换时要 dynamic='all'"
    print({one.shape: "INT8 确实更快" if one.faster else "INT8 确实更慢" if one.interval[1] < 1 else "分不出谁快" for one in mine.measured if one.interval})

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    assert {one.backbone for one in mine.measured} == {"MobileNetV3-Small"}, "the network should be MobileNetV3-Small"
    assert len({one.shape for one in mine.measured}) >= 2 and len(mine.models) >= 2, "two forms and two sizes at least; convert with dynamic='all'"
    print({one.shape: "INT8 surely faster" if one.faster else "INT8 surely slower" if one.interval[1] < 1 else "cannot be told apart" for one in mine.measured if one.interval})

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="MobileNetV3-Small", epochs=3)
onnx = ek.convert(trained.best, data=dataset, dynamic="all")
small = ek.quantize(onnx, calibration=dataset.train)
mine = ek.compare_speed([onnx, small], shapes="32,224", quick=True)
mine

# %% [markdown] tags=["zh", "solution"]
# 这一次 INT8 更慢！单线程的处理器时间：边长 32，ONNX 0.12 毫秒，INT8 0.15 毫秒；边长 224，0.89 和 1.13 毫秒。卷积太小太碎，8 位乘法省下来的时间，还不够把数字在 32 位和 8 位之间来回转换。文件倒还是小（6.2 MB 变成 1.9 MB）。所以换一个网络，就要重新测。

# %% [markdown] tags=["en", "solution"]
# This time INT8 is slower! Processor time with one thread: at 32 pixels 0.12 ms for ONNX and 0.15 for INT8, at 224 0.89 and 1.13. The convolutions are so many and so small that multiplying in 8 bits saves less than converting to and fro costs. The file is smaller all the same (1.9 MB instead of 6.2). Another network, another measurement.

# %% [markdown] tags=["zh"]
# ## 自己检查
#
# 下面检查的是**你自己的**测量，每一条都可能不通过。

# %% [markdown] tags=["en"]
# ## Check yourself
#
# This looks at **your own** measurements. Every line can fail.

# %% [raw] tags=["check"]
# checks:
# - {check: trained}
# - {check: timed, models: 3, shapes: 4}
# - {check: surely_faster}
# passed:
#   zh: 全部通过：你不但会说“快”，还拿得出证据！
#   en: "All passed: you do not only say faster, you can prove it!"
# failed:
#   zh: 还没有全部通过。转换时“可变的维度”选 all，测速时边长选 32, 64, 128, 224，关掉别的程序，再测一次。
#   en: Not all passed. Convert with all sizes free, time at 32, 64, 128 and 224 pixels with other programs closed, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 图片从 224 缩小到 32，ONNX 对 PyTorch 的优势变大了。为什么？
#     en: From 224 pixels down to 32, the lead of ONNX over PyTorch grows. Why?
#   choices:
#   - zh: 小图片里的信息少，ONNX 更会猜
#     en: Small pictures hold less, and ONNX guesses better
#     why:
#       zh: 两个模型做的是同样的计算，答案也一样，没有谁在猜。
#       en: Both compute the same and give the same answers; nobody guesses.
#   - zh: 计算少了，剩下的主要是每次调用的固定开销，而 PyTorch 的大得多
#     en: Little computing is left, so the cost of the call decides, and PyTorch's is much larger
#     right: true
#     why:
#       zh: 对！1.7 毫秒对 0.1 毫秒。图片大的时候，这一点差别被计算淹没了。
#       en: "Right! 1.7 milliseconds against 0.1. With large pictures that drowns in the computing."
#   - zh: PyTorch 不能算小图片
#     en: PyTorch cannot compute small pictures
#     why:
#       zh: 能算，而且比大图片快；只是快得没有 ONNX 多。
#       en: It can, and faster than large ones; it just gains less than ONNX.
# - question:
#     zh: 门口的摄像头要尽快认出来的人是谁，一秒只来一张图片。批大小应该选多少？
#     en: A camera at the door should say at once who comes, and there is one picture a second. Which batch?
#   choices:
#   - zh: 16：吞吐量最高
#     en: "16: the highest throughput"
#     why:
#       zh: 要凑齐 16 张，人已经在门口站了十几秒了。
#       en: Until 16 are there, the visitor has been standing for a quarter of a minute.
#   - zh: 1：来一张算一张，延迟最小
#     en: "1: each picture as it comes, with the least latency"
#     right: true
#     why:
#       zh: 对！这里要的是延迟，吞吐量早就够了。
#       en: "Right! Latency counts here; there is throughput to spare."
#   - zh: 都一样
#     en: It makes no difference
#     why:
#       zh: 用时还包括等图片到齐。用“一次算几张”里的每秒张数试一试。
#       en: Waiting for the batch counts as well. Try the rate in “How many at once”.
# - question:
#     zh: “ONNX 对 PyTorch 的速度比是 1.15，95% 区间 [0.94, 1.41]。”可以怎么说？
#     en: "“ONNX to PyTorch: 1.15 times as fast, 95% interval [0.94, 1.41].” What may be said?"
#   choices:
#   - zh: ONNX 快 15%
#     en: ONNX is 15% faster
#     why:
#       zh: 区间里有 1，也有比 1 小的数：ONNX 也可能更慢。
#       en: "The interval holds 1, and numbers below it: ONNX may even be slower."
#   - zh: 两个一样快
#     en: They are equally fast
#     why:
#       zh: 也不能这么说：也许真的快 40%，只是没有测准。
#       en: That cannot be said either. It may be 40% faster, and was not measured well enough.
#   - zh: 这次测量分不出谁快，要再测
#     en: This measurement cannot tell which is faster; measure again
#     right: true
#     why:
#       zh: 对！关掉别的程序，多测几次，区间就会变窄。
#       en: "Right! With other programs closed and more runs the interval gets narrower."

# %% tags=["view"]
lesson.view("recall", "how_many_times")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - **延迟**是一张图片等多久，**吞吐量**是一秒算几张；每次调用都有**固定开销**，图片越小，它占得越多；
# - 图片变小，固定开销小的 ONNX 和 INT8 得益最多；批变大，固定开销大的 PyTorch 得益最多；可是凑一批要等；
# - 速度比要带区间：整个区间大于 1，才是确实更快；还要说清楚是推理，还是完整的预测。
#
# 速度表和图都保存在这台电脑上。想一想：你家里的哪一样东西，要的是延迟？哪一样要的是吞吐量？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - **Latency** is how long a picture waits, **throughput** how many are done in a second. Every call has its **cost**, and the smaller the picture, the more it weighs.
# - Smaller pictures help most where a call costs little, ONNX and INT8; larger batches help most where it costs much, PyTorch. But a batch has to be waited for.
# - A ratio of speeds needs its interval: surely faster is only what lies above 1 as a whole. And say whether you mean inference or the whole prediction.
#
# Table and plots are saved on this computer. Think about it: what at home needs latency, and what throughput?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。测速时整间教室都在算也没有关系，但同一台电脑上不要开别的程序；如果所有学生共用一台服务器，测速会排队，而且互相影响，最好由老师投屏测一次。
#
# - **引入（4 分钟）**：请五个同学排队传书，一次传一本；再一次抱五本。哪一种先传到第一本？哪一种先传完？
# - **要测的模型、三种形式**：按钮按下去就行。提醒选 all，忘了的话，测速表里除了 224 都会写“不适用”。
# - **一次算几张**：先猜再拖。“半秒以上”那个挑战让学生发现要等图片到齐；最后一个挑战只有 INT8 做得到（每秒 352 张，ONNX 是 189 张）。
# - **测一张大表**：等的时候画图。读区间是本课最难的一点，请学生用一句话说出其中一格。
# - 练习可以两人一组，一组一个网络，结果写在黑板上。
#
# ## 会看到什么数字
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 训练，EfficientNet-Lite0，12 轮 | 验证 85%–87% |
# | 文件 | ONNX 13.6 MB，INT8 3.9 MB |
# | 边长 32，一张，单线程（处理器时间） | PyTorch 2.2 ms，ONNX 0.31 ms，INT8 0.23 ms |
# | 边长 224 | 13.4 ms，5.3 ms，2.8 ms |
# | 边长 224，一批 16 张，每张 | 17 ms，7.6 ms，4.5 ms |
# | 测速（四种边长，粗测），电脑很忙时 | 53 秒，说明原因再加 25 秒 |
# | 完整预测，边长 224，INT8 对 PyTorch | 2.6 倍 [2.1, 3.2]；推理 5.8 倍 [5.2, 6.5] |
#
# 两核 AMD EPYC（AVX512-VNNI）的虚拟机，一个线程。没有 VNNI 这类指令的处理器上，INT8 的优势小得多，甚至更慢；“测速”下面那段话会说明是不是这个原因。
#
# ## 常见的误解
#
# - **“快 5 倍就是每张少用 5 倍的时间。”** 快 5 倍是用时变成五分之一。
# - **“批越大越好。”** 吞吐量不一定升，延迟一定升。
# - **“INT8 总是最快。”** 看练习；也要看处理器。
# - **“线程越多越快。”** 只有两个核心，四个线程就会互相等；小图片连两个线程都不划算。
# - **“区间里有 1，就是一样快。”** 是不知道谁快。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. It does not matter that the whole room measures, but on each computer nothing else should run. Where all students share one server, measurements queue and disturb each other: there, measure once on the projector.
#
# - **Opening (4 minutes):** five students in a row hand on books, one by one; then five at once. Which way does the first book arrive sooner, and which way are all of them there?
# - **A model to time, three forms:** pressing the buttons is all. Remind them of “all”; who forgets it reads “does not fit” in every row but 224.
# - **How many at once:** guess, then drag. The challenge of half a second leads to waiting for the batch; the last one can be solved with INT8 alone (352 pictures a second; ONNX does 189).
# - **Measure the grid:** the wait is for drawing. Reading an interval is the hardest idea of this lesson: let students say one cell in a sentence.
# - The exercise works in pairs, a network each, results on the board.
#
# ## Figures to expect
#
# | Where | About |
# |---|---|
# | Train, EfficientNet-Lite0, 12 epochs | validation 85%–87% |
# | Files | ONNX 13.6 MB, INT8 3.9 MB |
# | 32 pixels, one picture, one thread (processor time) | PyTorch 2.2 ms, ONNX 0.31 ms, INT8 0.23 ms |
# | 224 pixels | 13.4 ms, 5.3 ms, 2.8 ms |
# | 224 pixels, batch of 16, each picture | 17 ms, 7.6 ms, 4.5 ms |
# | Measuring (four sizes, a first look) on a very busy computer | 53 seconds, and 25 for the reasons |
# | Whole predictions, 224 pixels, INT8 to PyTorch | 2.6 times [2.1, 3.2]; inference 5.8 times [5.2, 6.5] |
#
# A virtual machine with two cores of an AMD EPYC (AVX512-VNNI), one thread. On processors without instructions such as VNNI the lead of INT8 is much smaller, or it is slower; the paragraph in “Measure the grid” says whether that is the reason.
#
# ## Usual misconceptions
#
# - **“Five times as fast saves five times the time.”** It takes a fifth of the time.
# - **“The larger the batch, the better.”** Throughput may rise; latency does rise.
# - **“INT8 is always the fastest.”** See the exercise; and it depends on the processor.
# - **“More threads are faster.”** Four threads on two cores wait for each other, and for small pictures even two do not pay.
# - **“The interval holds 1, so they are equal.”** We do not know which is faster.
