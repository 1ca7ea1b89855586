# ---
# jupyter:
#   edukit:
#     minutes: 58
#     art: rabbit scales turtle
#     title:
#       zh: 七个测错的速度
#       en: Seven wrong benchmarks
#     chapter:
#       zh: 转换与比较
#       en: Convert and compare
#     summary:
#       zh: 同一个模型，也能测出自己比自己快两倍。七种测法，先测错，再测对。
#       en: A model can be timed to be twice as fast as itself. Seven ways to measure wrongly, each then done rightly.
#     steps:
#       - {name: train, minutes: 3, zh: 选手, en: The runners}
#       - {name: convert, minutes: 3, zh: 换一身衣服, en: In other clothes}
#       - {name: timings, minutes: 14, zh: 两堆用时, en: Two heaps of timings}
#       - {name: speed, minutes: 8, zh: 七条都做对, en: All seven done rightly}
#     needs: {dataset: emoji, lesson: 11_faster, artefacts: [checkpoint, onnx, int8]}
#     leaves: [checkpoint, onnx, int8]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 我们用秒表给一个模型计时，测 10 次取平均；再给**同一个模型**测 10 次。两个数一比：它比自己快 2.65 倍。秒表没坏，程序也没错，错的是测法。
#
# **学完这一课，你能够**：
#
# 1. 说出七种常见的错误测法，并说明每一种会偏向谁；
# 2. 写出一次公平的测速：预热、同样的条件、轮流、中位数、区间；
# 3. 看到别人的“快三倍”时，提出该问的问题。
#
# **需要**：这台电脑就够了，前面的课没做也可以。**你会做出**：一个自己的公平测速函数，和三个模型的一份可信的速度表。

# %% [markdown] tags=["en"]
# # [[title]]
#
# We timed a model, 10 runs, and took the mean; then 10 runs of **the same model** again. According to the two figures it is 2.65 times as fast as itself. The watch was not broken and the program had no mistake. The method was wrong.
#
# **After this lesson you can:**
#
# 1. name seven common ways to measure wrongly, and say whom each of them favours;
# 2. write a fair benchmark: warm-up, equal conditions, in turn, median, interval;
# 3. ask the right questions when someone claims “three times as fast”.
#
# **You need:** this computer; the earlier lessons are not required. **You make:** a fair benchmark of your own, and a table of speeds of three models that can be believed.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 两个同学赛跑。一个刚从被窝里爬起来，一个做好了热身；一个背着书包，一个空着手；一个跑操场，一个跑楼梯。最后宣布：“小红快 3 倍！”你信吗？
#
# 给模型测速时，人们天天这样比，因为程序**不会报错**：它总会给出一个数。下面的七种错，每一种都真的登在教程和论文里。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# Two students race. One has just got out of bed, the other has warmed up. One carries a school bag. One runs on the track, the other up the stairs. Then it is announced: “Lily is three times as fast!” Would you believe it?
#
# Models are compared like this every day, because **no error appears**: a number always comes out. Each of the following seven mistakes stands in real tutorials and papers.

# %% [raw] tags=["guess"]
# name: itself
# question:
#   zh: 同一个模型，测两回，每回 10 次取平均，电脑上还有别的程序。这样做 20 遍，两个平均值最多会差几倍？
#   en: The same model is timed twice, 10 runs and a mean each, while other programs are at work. In 20 such attempts, how many times may the two means differ at most?
# choices:
# - {value: 1.05, zh: 1.05 倍：几乎一样, en: "1.05: hardly at all"}
# - {value: 1.3, zh: 1.3 倍, en: "1.3"}
# - {value: 2.5, zh: 2.5 倍以上, en: "2.5 or more"}
# later:
#   zh: 我们的电脑上，20 遍里有 3 遍差到 2 倍左右，最多 2.65 倍。换成轮流测 100 次取中位数，20 遍里有 18 遍在 0.96 到 1.05 之间。
#   en: "On our computer 3 of 20 attempts were about 2 times apart, the worst 2.65. With 100 runs in turn and the median, 18 of 20 lay between 0.96 and 1.05."

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 先要有选手。按“开始训练”，用 EfficientNet-Lite0。前面的课里训练过的，会自动拿来用：可以直接到[[convert]]。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# First the runners. Press “Train”, with EfficientNet-Lite0. A model of your earlier lessons is taken by itself: with one, go straight on to [[convert]].

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# ## [[convert]]
#
# 同一个网络换两身衣服：ONNX 和 INT8。

# %% [markdown] tags=["en"]
# ## [[convert]]
#
# The same network in other clothes: ONNX and INT8.

# %% tags=["code"]
onnx = ek.convert(trained.best, data=dataset)
small = ek.quantize(onnx, calibration=dataset.train)
small

# %% tags=["view"]
lesson.view("convert")

# %% [markdown] tags=["zh", "code"]
# **秒表**：`ms` 把一件事做若干次，给出每一次的毫秒数。

# %% [markdown] tags=["en", "code"]
# **The watch:** `ms` does something several times and gives the milliseconds of each time.

# %% tags=["code"]
import timeit

import numpy as np


def ms(runs, work, *given):
    return 1000 * np.array(timeit.repeat(lambda: work(*given), number=1, repeat=runs))

# %% tags=["code"]
mine = dataset.validation[0].path
images = ek.load_model(onnx).card.preprocess(dataset.validation[0].image())

# %% [markdown] tags=["zh"]
# ## 七种错，七种对
#
# 每一种都先测错，再测对。数字来自我们的两核电脑，一个线程；你的会不同，道理一样。
#
# ### 1 · 把第一次也算进去
#
# - **错**：从读入模型开始计时，到第一个答案为止：PyTorch 要 8.6 秒。这里面是启动、读文件、分配内存，叫**冷启动**。
# - **对**：先答一次，再计时：21 毫秒。两个数都有用，但要分开说：一个是“开机要多久”，一个是“一张要多久”。

# %% [markdown] tags=["en"]
# ## Seven wrong, seven right
#
# Each is done wrongly first, then rightly. The figures are from our computer with two cores, one thread. Yours will differ; the reasons will not.
#
# ### 1 · The first run counts as well
#
# - **Wrong:** the clock starts before the model is loaded and stops at the first answer. For PyTorch that is 8.6 seconds of starting, reading files and taking memory: the **cold start**.
# - **Right:** let it answer once, then time it: 21 milliseconds. Both figures are useful, but they are two: how long to switch on, and how long a picture takes.

# %% tags=["code"]
print(f"{ms(1, lambda: ek.load_model(trained.best).predict(mine))[0]:.1f}")
predictor = ek.load_model(trained.best, threads=1)
predictor.predict(mine)
print(f"{np.median(ms(20, predictor.predict, mine)):.1f}")

# %% [markdown] tags=["zh"]
# ### 2 · 不预热
#
# - **错**：只跑三次取平均。INT8 头三次平均 3.8 毫秒。
# - **对**：先空跑 10 次（**预热**），再测，中位数 3.4 毫秒。头几次，内存和高速缓存还是“凉”的。跑得越快的模型，被拖累的比例越大：INT8 多了 13%，ONNX 多了 6%。

# %% [markdown] tags=["en"]
# ### 2 · No warm-up
#
# - **Wrong:** three runs and their mean. The first three of INT8 take 3.8 milliseconds on average.
# - **Right:** ten runs that do not count, the **warm-up**; then the median is 3.4. At first, memory and cache are still cold. The faster a model is, the more it suffers: 13% for INT8, 6% for ONNX.

# %% tags=["code"]
predictor = ek.load_model(small, threads=1)
result = ms(40, predictor.run, images)
print(f"{result[:3].mean():.1f} {np.median(result[10:]):.1f}")

# %% [markdown] tags=["zh"]
# ### 3 · 线程数不一样
#
# - **错**：PyTorch 用一个线程，ONNX 用两个，然后说“ONNX 快”。有一部分快，只是多了一个核心。许多库默认用光所有核心，不写明白，你都不知道比的是什么。
# - **对**：大家一样多，而且写进结果里。多一个线程能快多少，要看核心闲不闲：我们的电脑很忙，ONNX 最好的一次只从 5.6 毫秒降到 5.1 毫秒。你的呢？

# %% [markdown] tags=["en"]
# ### 3 · Unequal threads
#
# - **Wrong:** one thread for PyTorch and two for ONNX, and then “ONNX is faster”. Some of that is only the second core. Many libraries take all cores unless told otherwise, so you do not even know what you compared.
# - **Right:** the same number for all, and it stands beside the result. What a second thread brings depends on whether its core is free: ours was busy, and the best run of ONNX went from 5.6 to 5.1 milliseconds only. And yours?

# %% tags=["code"]
for label in (1, 2):
    print(label, f"{ms(100, ek.load_model(onnx, threads=label).run, images).min():.1f}")

# %% [markdown] tags=["zh"]
# ### 4 · 训练模式
#
# - **错**：忘了 `eval()` 和 `no_grad()`。训练模式要现算每一批的平均，还要为算梯度留下所有中间结果：26.6 毫秒。
# - **对**：评估模式，不记梯度：13.1 毫秒。忘了这两行，PyTorch 就白白慢了一倍，ONNX 看上去占了大便宜。（训练模式下连答案都不对，见[[07_eval_mode]]。）

# %% [markdown] tags=["en"]
# ### 4 · Training mode
#
# - **Wrong:** `eval()` and `no_grad()` forgotten. Training mode works out the means of each batch, and everything in between is kept for the slopes: 26.6 milliseconds.
# - **Right:** eval mode, nothing kept: 13.1. Without these two lines PyTorch is half as fast for nothing, and ONNX looks twice as good. (In training mode even the answers are wrong: [[07_eval_mode]].)

# %% tags=["code"]
import torch

model = ek.load_model(trained.best, threads=1).network
print(f"{ms(30, model.train(), torch.from_numpy(images)).min():.1f}")
with torch.no_grad():
    print(f"{ms(30, model.eval(), torch.from_numpy(images)).min():.1f}")

# %% [markdown] tags=["zh"]
# ### 5 · 只有一边算预处理
#
# - **错**：PyTorch 从打开图片算起，INT8 只算推理：速度是 4.5 倍。
# - **对**：两边都从打开图片算起：3.5 到 3.9 倍；或者两边都只算推理：4.1 倍。两种都行，只要两边一样，而且说清楚是哪一种。

# %% [markdown] tags=["en"]
# ### 5 · Preprocessing on one side
#
# - **Wrong:** PyTorch from opening the picture on, INT8 the inference alone: 4.5 times as fast.
# - **Right:** both from opening the picture on: 3.5 to 3.9 times; or both the inference alone: 4.1. Either is fine, if it is the same on both sides, and you say which.

# %% tags=["code"]
predictor, model = ek.load_model(trained.best, threads=1), ek.load_model(small, threads=1)
result = [np.median(one) for one in (ms(40, predictor.predict, mine), ms(40, model.predict, mine), ms(40, model.run, images))]
print(f"{result[0] / result[2]:.1f} {result[0] / result[1]:.1f}")

# %% [markdown] tags=["zh"]
# ### 6 · 只用一张图片
#
# - **错**：拿一张 72×72 的小图测，然后宣布“INT8 是 3.7 倍”。可是手机拍的照片有 1200 万像素：光是打开它就要将近 60 毫秒，INT8 一共 63 毫秒，PyTorch 74 毫秒，只有 1.2 倍。看答案也一样：一张图片上“答案相同，100%”，39 张验证图片上是 37 张相同。
# - **对**：用将来真正会遇到的图片，大小要像，张数要多。

# %% [markdown] tags=["en"]
# ### 6 · One image
#
# - **Wrong:** a tiny picture of 72 × 72 is timed, and then “INT8: 3.7 times as fast”. But a phone's photo has 12 million pixels. Opening it alone takes nearly 60 milliseconds, so INT8 needs 63 in all and PyTorch 74: 1.2 times. The same with answers: on one picture “they agree, 100%”, on 39 validation pictures 37 agree.
# - **Right:** pictures as they will really come, of the real size, and many of them.

# %% tags=["code"]
from PIL import Image

Image.fromarray(np.tile(dataset.validation[0].image(), (42, 56, 1))).save(lesson.folder / "photo.jpg")  # 3024 × 4032
for label in (mine, lesson.folder / "photo.jpg"):
    print([f"{np.median(ms(10, one.predict, label)):.1f}" for one in (predictor, model)])
labels = [[one.predict(sample.path).label for one in (predictor, model)] for sample in dataset.validation]
print(sum(first == second for first, second in labels), "/", len(labels))

# %% [markdown] tags=["zh"]
# ### 7 · 噪声的平均
#
# - **错**：先测完 A，再测完 B，各取平均。别的程序随时插进来，一次被打断就多出几十毫秒，平均值全算在它头上。结果就是开头那个 2.65 倍（边长 64 的图片，电脑很忙；边长 224、没那么忙的时候，20 遍在 0.81 到 1.16 倍之间）。
# - **对**：轮流测，取**中位数**，再给区间：同一个模型比自己，边长 64 时 1.00 倍，区间 [0.97, 1.02]；边长 224 时 0.96 倍，区间 [0.84, 1.10]。第二个没有测准，可是它的区间很宽，自己就说出来了。两个区间里都有 1：没有差别。

# %% [markdown] tags=["en"]
# ### 7 · The mean of noise
#
# - **Wrong:** all runs of A, then all of B, and their means. Another program cuts in at any time, one interruption adds tens of milliseconds, and the mean blames the model. That is how 2.65 at the beginning came about (64 pixels, a very busy computer; at 224 in a calmer moment 20 attempts lay between 0.81 and 1.16).
# - **Right:** in turn, the **median**, and an interval: the model against itself, at 64 pixels 1.00 times, [0.97, 1.02]; at 224, 0.96 times, [0.84, 1.10]. The second was not measured well, and its wide interval says so. Both hold 1: no difference.

# %% tags=["code"]
model = ek.load_model(onnx, threads=1)
print([f"{ms(10, model.run, images).mean() / ms(10, model.run, images).mean():.2f}" for _ in range(10)])
result = np.array([[ms(1, model.run, images)[0], ms(1, model.run, images)[0]] for _ in range(100)])
print(f"{np.divide(*np.median(result, axis=0)):.2f}")

# %% [markdown] tags=["zh"]
# ## [[timings]]
#
# 第七种错最难防，来练一练。这里的用时是模拟的，所以真相是知道的：B 真正快多少，由你来定。上面一堆点是 A 的用时，下面一堆是 B 的，橙线是概括出来的值。
#
# **先猜**：电脑上放着视频，最小值、中位数、平均值，哪一个最准？笔记本电脑越测越热呢？然后完成四个挑战。

# %% [markdown] tags=["en"]
# ## [[timings]]
#
# The seventh mistake is the hardest to avoid, so practise. These timings are simulated, so that the truth is known: you decide how much faster B is. The upper heap holds A's timings, the lower one B's; the orange line is their summary.
#
# **Guess first:** while a video plays, which comes closest, minimum, median or mean? And on a laptop that gets hot? Then solve the four challenges.

# %% tags=["view"]
lesson.view("timings")

# %% [markdown] tags=["zh"]
# **你应该看到**：放视频时，测 100 次取平均，也只有 28% 的把握测得准；最小值 10 次就有 96%，中位数 50 次有 95%。电脑发热时，先 A 后 B，测得越多错得越肯定：20 次以上，三种概括都是 0%；改成轮流，中位数和平均值都回到 94% 以上，最小值反而只有八成多：它只看最早、最凉的那一次。所以我们**轮流测，取中位数**。

# %% [markdown] tags=["en"]
# **You should see:** while the video plays, even the mean of 100 runs hits in 28% of measurements only; the minimum reaches 96% with 10 runs, the median 95% with 50. On the hot laptop, first A then B, more runs make it wrong with more certainty: from 20 on all three summaries hit in 0%. In turn, median and mean are back above 94%, while the minimum stays in the eighties: it sees only the first and coolest run. Hence **in turn, and the median**.

# %% [markdown] tags=["zh"]
# ## [[speed]]
#
# 现在七条一起做对。“测速”已经按规矩办：每个模型一个进程，冷启动单独写，预热到稳定，线程数一样，评估模式，三段时间分开写，轮流，中位数和区间，别的程序太忙就重测。去掉“只粗测一遍”，每格测 200 次或 5 秒。它最后会问**测试图片**：变快的模型，答案还对不对？

# %% [markdown] tags=["en"]
# ## [[speed]]
#
# Now all seven at once, rightly. “Measure the speed” keeps the rules: a process a model, cold start told apart, warm-up until runs are steady, equal threads, eval mode, three parts of the time, in turn, median and interval; and where other programs were too busy it measures again. Untick “A first look” for 200 runs or 5 seconds a cell. At its end it asks the **test pictures**: is the faster model still right?

# %% tags=["code"]
result = ek.compare_speed([trained.best, onnx, small], out=lesson.folder / "speed.json", overwrite=True)
result

# %% tags=["view"]
lesson.view("speed")

# %% [markdown] tags=["zh"]
# **你应该看到**：每个速度比都带着区间，冷启动另有一列。区间里有 1 的，就不说谁快。

# %% [markdown] tags=["en"]
# **You should see:** every ratio has an interval, and the cold start a column of its own. Where the interval holds 1, nobody is called faster.

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明七条都记住了。可是他测了 20 遍，挑出最好看的一遍写进报告：“快 2.65 倍！”每一遍都没有作弊，**挑选**就是作弊。测几遍，要在测之前定好，而且全部写出来。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom remembers all seven. But he measures 20 times and puts the nicest result into his report: “2.65 times as fast!” No single measurement was unfair; **choosing** was. Decide before how often you measure, and report all of it.

# %% tags=["code", "mistake"]
print(max(ms(10, model.run, images).mean() / ms(10, model.run, images).mean() for _ in range(20)))

# %% [markdown] tags=["zh"]
# ## 练习
#
# 写一个公平的测速函数 `fair(first, second, runs)`：先预热，再轮流测 `runs` 次，然后从这些用时里有放回地抽 1000 回，每回算“first 的中位数 ÷ second 的中位数”，给出这 1000 个比值的第 2.5 和第 97.5 百分位数。不写代码的同学，在[[timings]]里找出：放着视频、真实差距 10%，用中位数至少要测几次，才有 90% 的把握？

# %% [markdown] tags=["en"]
# ## Exercise
#
# Write a fair benchmark `fair(first, second, runs)`: warm up, time both in turn `runs` times, then draw from these timings 1000 times with replacement, each time compute median of first ÷ median of second, and return the percentiles 2.5 and 97.5 of the 1000 ratios. If you do not write code, find in [[timings]]: with the video and a true gap of 10%, how many runs does the median need to hit in 90%?

# %% tags=["zh", "exercise"]
# 把 return None 换成自己的计算；first 和 second 是可以直接调用的函数
def fair(first, second, runs=100):
    return None


mine = fair(lambda: sum(range(30000)), lambda: sum(range(30000)))

# %% tags=["en", "exercise"]
# Replace return None by your own lines; first and second are functions to call
def fair(first, second, runs=100):
    return None


mine = fair(lambda: sum(range(30000)), lambda: sum(range(30000)))

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result = fair(lambda: sum(range(60000)), lambda: sum(range(30000)))
    assert mine[0] < 1.05 and mine[1] > 0.95, "同样的工作，区间应该在 1 附近：轮流了吗？取中位数了吗？"
    assert result[0] > 1.3, "第一个的工作量是两倍，区间应该远在 1 的右边"
    print("公平！", np.round(mine, 2), np.round(result, 2))

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result = fair(lambda: sum(range(60000)), lambda: sum(range(30000)))
    assert mine[0] < 1.05 and mine[1] > 0.95, "the same work: the interval should lie about 1. In turn? Medians?"
    assert result[0] > 1.3, "the first does twice the work: the interval should lie well above 1"
    print("That is fair:", np.round(mine, 2), np.round(result, 2))

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
from timeit import Timer

import numpy as np


def fair(first, second, runs=100):
    result = np.array([tuple(Timer(work).timeit(1) for work in (first, second)) for _ in range(runs + 10)])[10:]
    result = np.median(result[np.random.default_rng(0).integers(0, runs, (1000, runs))], axis=1)
    return np.percentile(result[:, 0] / result[:, 1], [2.5, 97.5])


print(fair(lambda: sum(range(30000)), lambda: sum(range(30000))), fair(lambda: sum(range(60000)), lambda: sum(range(30000))))

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
onnx = ek.convert(trained.best, data=dataset)
predictor, model = ek.load_model(trained.best, threads=1), ek.load_model(onnx, threads=1)
images = dataset.validation[0].path
print(fair(lambda: predictor.predict(images), lambda: model.predict(images)))

# %% [markdown] tags=["zh", "solution"]
# 同样的工作：区间在 0.98 到 1.01；两倍的工作：2.00 到 2.03。电脑很忙时也是这样，因为轮流。PyTorch 对 ONNX 的用时，从打开图片算起：[2.25, 2.78] 倍；ONNX 对 INT8：[1.32, 1.69] 倍。

# %% [markdown] tags=["en", "solution"]
# The same work: 0.98 to 1.01; twice the work: 2.00 to 2.03, on a busy computer too, thanks to the turns. PyTorch to ONNX, from opening the picture on, takes [2.25, 2.78] times as long; ONNX to INT8 [1.32, 1.69] times.

# %% [markdown] tags=["zh"]
# ## 自己检查
#
# 下面检查的是**你自己的**模型和测量，每一条都可能不通过。

# %% [markdown] tags=["en"]
# ## Check yourself
#
# This looks at **your own** models and measurements. Every line can fail.

# %% [raw] tags=["check"]
# checks:
# - {check: trained}
# - {check: same_answers, at_least: 0.9}
# - {check: timed, models: 3}
# - {check: surely_faster}
# passed:
#   zh: 全部通过：你的“更快”站得住脚！
#   en: "All passed: your “faster” stands on firm ground!"
# failed:
#   zh: 还没有全部通过。三种形式放在一起测，关掉别的程序，不要只粗测一遍，然后再来检查。
#   en: Not all passed. Time all three forms side by side, with other programs closed and not only a first look, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 一篇文章说：“PyTorch 一张 27 毫秒，ONNX 5.5 毫秒，快了将近 5 倍。”代码里 PyTorch 那边没有 eval()，也没有 no_grad()。真实的差距大约是多少？
#     en: "An article says: “PyTorch 27 ms a picture, ONNX 5.5, nearly 5 times as fast.” On the PyTorch side its code has neither eval() nor no_grad(). What is the real gap, about?"
#   choices:
#   - zh: 还是 5 倍：这两行只影响答案，不影响速度
#     en: "Still 5: these lines change answers, not speed"
#     why:
#       zh: 它们也影响速度：要现算平均，还要为梯度留下中间结果。
#       en: They change speed too. Means are worked out, and results are kept for the slopes.
#   - zh: 大约 2.4 倍
#     en: About 2.4
#     right: true
#     why:
#       zh: 对！同一个网络，补上这两行是 13 毫秒，13 ÷ 5.5 ≈ 2.4。
#       en: "Right! With both lines this network takes 13 ms, and 13 ÷ 5.5 is about 2.4."
#   - zh: ONNX 其实更慢
#     en: ONNX is really slower
#     why:
#       zh: 13 毫秒还是比 5.5 毫秒慢；只是差距没有那么大。
#       en: 13 is still more than 5.5; the gap is only smaller.
# - question:
#     zh: 笔记本电脑越测越热。怎样才公平？
#     en: A laptop gets hotter while you measure. What is fair?
#   choices:
#   - zh: 先测完 A，再测完 B，但每个测 1000 次
#     en: First A, then B, but 1000 runs each
#     why:
#       zh: 次数再多，B 也总是在热的时候测：错得更肯定。
#       en: However many, B always runs when it is hot. You are only wrong with more certainty.
#   - zh: 只看最小值
#     en: Take the minimum
#     why:
#       zh: 最小值多半来自最凉的时候，偏向先测的那个。
#       en: It comes from the coolest moment, and so favours who goes first.
#   - zh: A 一次，B 一次，轮流测
#     en: One run of A, one of B, in turn
#     right: true
#     why:
#       zh: 对！热也一起热，比值就不受影响。
#       en: "Right! They get hot together, and the ratio stays true."
# - question:
#     zh: 朋友说他的程序“快三倍”。最先应该问什么？
#     en: A friend says that his program is “three times as fast”. What do you ask first?
#   choices:
#   - zh: 你用的是什么牌子的电脑？
#     en: Which brand is your computer?
#     why:
#       zh: 牌子不要紧；两边是不是在同一台电脑、同样的条件下测，才要紧。
#       en: The brand matters little; whether both sides had the same computer and conditions matters.
#   - zh: 跟什么比？两边的条件一样吗？测了几次，区间是多少？
#     en: Than what? Equal conditions on both sides? How many runs, and which interval?
#     right: true
#     why:
#       zh: 对！这几个问题能揭穿今天七种错里的每一种。
#       en: "Right! These questions uncover each of today's seven mistakes."
#   - zh: 能不能再快一点？
#     en: Can it be even faster?
#     why:
#       zh: 先弄清楚是不是真的快了三倍。
#       en: First find out whether it is three times as fast at all.

# %% tags=["view"]
lesson.view("recall", "itself")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 七种错：算进第一次、不预热、线程数不同、训练模式、只有一边算预处理、只用一张图片、对噪声取平均。每一种都偏着谁：已经热好身的、线程多的、少干活的，或者运气好的；
# - 公平的测速：先预热，同样的线程和条件，轮流，中位数，区间，用真正会遇到的图片；
# - 听到“快三倍”，就问：跟谁比？条件一样吗？测了几次？区间里有没有 1？
#
# 你的速度表保存在这台电脑上。想一想：体育比赛、考试、广告里，哪些地方也犯了这七种错？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - Seven mistakes: the first run, no warm-up, unequal threads, training mode, preprocessing on one side, one image, the mean of noise. Each favours someone: who is already warm, who has more threads, who is spared work, who is lucky.
# - A fair benchmark warms up, gives equal threads and conditions, goes in turn, takes the median with an interval, and uses pictures as they will really come.
# - At “three times as fast”, ask: than what, under the same conditions, in how many runs, and does the interval hold 1?
#
# Your table of speeds is saved on this computer. Think about it: where in sports, exams or advertisements do you meet these seven?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。七种错大约用 20 分钟，不必七种都细讲：第 1、4、5、7 四种人人做，其余分组做，各组上台说“我们怎样骗了大家”。
#
# - **引入（4 分钟）**：请两个同学“不公平地”赛跑（口头说即可），全班找出不公平的地方，写在黑板上，后面一条一条对应。
# - **选手、换一身衣服**：做过前面的课也要按一次，各一两分钟。
# - **两堆用时**：先猜再拖。“鬼影”那个挑战用平均值和 3 次最容易出现，反复拖“重新测一遍”；热的那台要改成轮流。
# - **七条都做对**：等的时候请学生在表里找：哪一列对应第几条。
# - 练习里的函数适合会 Python 的学生；其他人做“两堆用时”那一问（答案：32 次左右，44 次以上才稳）。
#
# ## 会看到什么数字
#
# | 哪一种 | 错 | 对 |
# |---|---|---|
# | 1 第一次（PyTorch，含启动） | 8.6 秒 | 21 ms |
# | 2 预热（INT8，处理器时间） | 3.8 ms | 3.4 ms |
# | 3 线程（ONNX，最小值） | 两个线程 5.1 ms | 一个线程 5.6 ms |
# | 4 训练模式（PyTorch，处理器时间） | 26.6 ms | 13.1 ms |
# | 5 只有一边算预处理 | 4.5 倍 | 3.5–3.9 倍，或都只算推理 4.1 倍 |
# | 6 一张小图；1200 万像素的照片 | 3.7 倍 | 1.2 倍 |
# | 7 同一个模型比自己 | 0.48–2.65 倍 | 1.00 [0.97, 1.02] |
#
# 两核 AMD EPYC 虚拟机，测的时候很忙（别的程序占 77% 以上），EfficientNet-Lite0，边长 224（第 7 种用边长 64），一个线程。第 7 种轮流测 100 次取中位数，做 20 遍：18 遍在 0.96–1.05，还有两遍是 0.37：测的时候别的程序恰好变了，所以还要看负载、再测一遍。
#
# ## 常见的误解
#
# - **“多测几次，错误就平均掉了。”** 偏向一边的错误（条件不同、先后顺序）测多少次都在。
# - **“最小值最公正，因为它没有被打扰。”** 放视频时是；发热时不是。
# - **“平均值最科学。”** 打扰只会让用时变长，不会变短，平均值永远偏大。
# - **“冷启动不算速度。”** 一天只问一次的程序，冷启动就是全部。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. The seven take about 20 minutes and need not all be done in depth: 1, 4, 5 and 7 for everyone, the others in groups, who then tell the class how they would have cheated.
#
# - **Opening (4 minutes):** describe an unfair race between two students; the class finds what is unfair and writes it on the board, to be matched with the seven later.
# - **The runners, in other clothes:** pressed once also by those who did the earlier lessons, a minute or two each.
# - **Two heaps of timings:** guess, then drag. The ghost comes most easily with the mean of 3 runs and “Measure once more”; the hot laptop needs turns.
# - **All seven done rightly:** during the wait students find which column belongs to which of the seven.
# - The function of the exercise is for those who know Python; the others answer the question on the two heaps (about 32, and safely from 44 on).
#
# ## Figures to expect
#
# | Which | Wrong | Right |
# |---|---|---|
# | 1 first run (PyTorch, with its start) | 8.6 s | 21 ms |
# | 2 warm-up (INT8, processor time) | 3.8 ms | 3.4 ms |
# | 3 threads (ONNX, minimum) | 5.1 ms with two | 5.6 ms with one |
# | 4 training mode (PyTorch, processor time) | 26.6 ms | 13.1 ms |
# | 5 preprocessing on one side | 4.5 times | 3.5 to 3.9 times, or 4.1 for inference on both |
# | 6 a tiny picture; a photo of 12 million pixels | 3.7 times | 1.2 times |
# | 7 a model against itself | 0.48 to 2.65 times | 1.00 [0.97, 1.02] |
#
# A virtual machine with two cores of an AMD EPYC, very busy meanwhile (other programs took 77% and more), EfficientNet-Lite0 at 224 pixels (64 for number 7), one thread. For number 7, 100 runs in turn and the median, 20 times over: 18 lay between 0.96 and 1.05, two were 0.37, because the other programs changed just then. So look at the load as well, and measure again.
#
# ## Usual misconceptions
#
# - **“With more runs the mistakes average out.”** What favours one side, such as conditions or order, stays however many there are.
# - **“The minimum is the fairest, for it was not disturbed.”** True beside a video, not on a hot laptop.
# - **“The mean is scientific.”** Disturbances only ever add time, so the mean is always too large.
# - **“A cold start is not speed.”** For a program that is asked once a day it is all there is.
