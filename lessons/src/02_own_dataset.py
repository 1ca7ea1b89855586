# ---
# jupyter:
#   edukit:
#     minutes: 55
#     art: cat dog2 bike
#     title:
#       zh: 做一个自己的图片数据集
#       en: Build your own image dataset
#     chapter:
#       zh: 从图片到模型
#       en: From pictures to a model
#     summary:
#       zh: 用摄像头、上传或画笔收集图片；知道图片多和图片好是两回事；给数据集做体检，再用它训练。
#       en: Collect pictures by camera, upload or drawing; tell more pictures from better ones; check the set, mend it, and train on it.
#     steps:
#       - {name: collect, minutes: 14, zh: 收集图片, en: Collect}
#       - {name: curve, minutes: 9, zh: 多还是好, en: More or better}
#       - {name: health, minutes: 9, zh: 体检, en: Check the set}
#       - {name: train, minutes: 8, zh: 用它训练, en: Train on it}
#     needs: {dataset: emoji}
#     leaves: [checkpoint]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 到现在为止，图片都是别人准备好的。这一课由你来决定：让电脑认什么，给它看哪些图片。
#
# **学完这一课，你能够**：
#
# 1. 收集一个至少两个类别的图片数据集，并说清楚每一张为什么要放进去；
# 2. 说出为什么 20 张几乎一样的图片，比不上几张各不相同的；
# 3. 检查自己的数据集，修好它，再用它训练一个模型。
#
# **需要**：这台电脑；有摄像头更好，没有也行，可以上传或者画。**你会做出**：一个自己的数据集，和一个只认它的模型。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Up to now somebody else had prepared the pictures. In this lesson you decide: what should a computer recognise, and which pictures do you show it?
#
# **After this lesson you can:**
#
# 1. collect a set of pictures with two classes or more, and say of each picture why it is in there;
# 2. say why twenty pictures that are nearly alike are worth less than a few different ones;
# 3. check your own set, mend it, and train a model on it.
#
# **You need:** this computer; a camera is good to have, but uploading or drawing does as well. **You make:** a dataset of your own, and a model that knows just that.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 模型出错，大家都先怪网络。其实多半是图片的问题：有一类太少，有的标签写错了，或者全是在同一张桌子上、同一个下午拍的。网络可以换，别人做好的很多；**你要认的那几样东西，它们的图片只有你拍得到**。
#
# 拍之前想三件事：
#
# - 以后要认的东西，**会在哪里、什么光线下、从哪个方向**出现？那就在哪里拍；
# - 哪些东西**容易混**？都要拍；
# - 画面里有没有**别人**？先问过他们。照片只存在这台电脑上，可以随时真正删掉；不该出现的脸和名字，可以在“看照片”里模糊掉。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# When a model fails, people blame the network. Most often it is the pictures: a class with too few of them, a wrong label, or all of them taken on one desk in one afternoon. Networks you can take from others. **Pictures of the things that you care about, only you can take.**
#
# Think of three things before the first picture:
#
# - **Where, in what light, from which side** will these things be seen later? Take them there.
# - Which things are **easily mixed up**? Take both.
# - Is **anybody else** in the picture? Ask them first. The pictures stay on this computer, and can really be deleted at any time; a face or a name that should not be there is blurred under “Look”.

# %% [raw] tags=["guess"]
# name: repeats
# question:
#   zh: 六个类别，每类 20 张。一种是 20 张各不相同；另一种只有 2 张不同，其余都是重复的。第二种的准确率会低多少个百分点？
#   en: "Six classes with 20 pictures each. Once all 20 are different; once only 2 are, and the rest are repeats. By how many points will the second accuracy be lower?"
# choices:
# - {value: 0, zh: 差不多：张数一样, en: "much the same: there are as many"}
# - {value: 15, zh: 大约 15 个, en: "about 15"}
# - {value: 40, zh: 大约 40 个, en: "about 40"}
# later:
#   zh: 你的猜测已经记下来了。做完“多还是好”那一步，我们再来看。
#   en: Your guess is kept. We come back to it after the step “More or better”.
# measured: repeats_cost
# close_to: 10
# close:
#   zh: 你猜低 {guess} 个百分点，测出来是 {measured} 个。猜得真准！
#   en: You guessed {guess} points; it is {measured}. Well guessed!
# apart:
#   zh: 你猜低 {guess} 个百分点，测出来是 {measured} 个。重复的图片里，没有新东西可学。
#   en: You guessed {guess} points; it is {measured}. A repeat has nothing new to teach.

# %% [markdown] tags=["zh"]
# ## [[collect]]
#
# 给每个类别起个名字，再往卡片里放图片。三种办法都可以混着用：
#
# - **按住录制**：一次连拍叫一组。拍几张就停下来，**换个位置、换个背景、换个方向**，再录一组。分组会记下来：划分的时候，同一组不会一半用来学、一半用来考；
# - **上传**：图片、整个文件夹、zip、视频都行；拍摄地点等信息会自动去掉；
# - **画**：石头、剪刀、布，或者你发明的符号。
#
# 每个类别 20 张左右，至少分 4 组。然后按“就用这个数据集”。

# %% [markdown] tags=["en"]
# ## [[collect]]
#
# Name each class and put pictures on its card. Mix the three ways as you like:
#
# - **Hold to record:** what is taken in one go is a burst. Stop after a few, **move, change the background, turn the thing**, and record another burst. Bursts are remembered: when the set is split, no burst is half textbook and half exam.
# - **Upload:** pictures, a whole folder, a zip, a video. Where a picture was taken is removed from it.
# - **Draw:** rock, paper and scissors, or signs of your own.
#
# About 20 pictures a class, in 4 bursts at least. Then press “Use this set”.

# %% [markdown] tags=["zh", "code"]
# 手边没有摄像头？下面几行用代码做同样的事：从样例图片里挑两类，做成自己的数据集。

# %% [markdown] tags=["en", "code"]
# No camera at hand? These lines do the same in code: they make a set of your own out of two classes of the sample pictures.

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
mine = ek.DatasetBuilder("animals-and-food")
for label in ("animal", "food"):
    images = [sample.path for sample in dataset.train if sample.label == label][:20]
    if not mine.counts.get(label):
        mine.add(label, images)
mine.counts

# %% tags=["code"]
if lesson.work.dataset == "emoji":
    lesson.work.choose_dataset("animals-and-food")
dataset = ek.load_dataset(lesson.work.dataset)
classes = dataset.classes
dataset

# %% tags=["view"]
lesson.view("collect")

# %% [markdown] tags=["zh"]
# **你应该看到**：每张卡片上的张数和最新的几张图片，下面一行写着数据集的名字。按“撤销”可以收回刚才的一步。

# %% [markdown] tags=["en"]
# **You should see:** on each card how many pictures it has and the latest of them, and below a line with the set's name. “Undo” takes the last step back.

# %% [markdown] tags=["zh"]
# ## [[curve]]
#
# 还要拍多少张才够？不用等，马上就能试：每拖一下，电脑就用这些图片重新学一次，再去认验证图片。上一步选了自己的数据集，这里用的就是它；还没有，或者太小，就先用样例图片的六个类别（39 张验证图片）。两种可以随时切换。
#
# 先只拖“每个类别几张图片”，从 1 拖到 20，看右边的点连成一条**学习曲线**。然后让一部分图片变成**重复**的（淡色），或者**标签写错**（红框）。

# %% [markdown] tags=["en"]
# ## [[curve]]
#
# How many pictures are enough? You need not wait to find out: at every move the computer learns anew from these pictures and then faces validation pictures. They are those of your own set if you chose one in the step before; until it is there and large enough, they are six classes of the sample pictures, with 39 to validate. Change between the two at any time.
#
# First move only “Pictures of each class”, from 1 to 20, and watch the points make a **learning curve**. Then turn some pictures into **repeats** (pale), or give them **wrong labels** (red frame).

# %% tags=["view"]
lesson.view("curve")

# %% [markdown] tags=["zh"]
# **你应该看到**（样例图片）：每类 1 张大约认对 24%，5 张 49%，10 张 64%，20 张 74%。开始涨得快，越往后越慢。20 张里有九成重复，只剩 34%，还不如 5 张不同的；四成标签写错，也只有四成多。
#
# <details><summary>那么该先做什么：再拍 20 张，还是检查已有的？</summary>
#
# 先检查。改正几个写错的标签，只要几分钟；要靠多拍来弥补，得再拍一倍。检查完了，再去拍**和现有的都不一样**的。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see**, on the sample pictures: with 1 picture a class about 24% are right, with 5 it is 49%, with 10 64% and with 20 74%. The curve is steep at first and then flattens. Twenty pictures of which 90% are repeats reach only 34%, less than 5 different ones; with 40% wrong labels it is little more.
#
# <details><summary>So what comes first: twenty more pictures, or a look at those that you have?</summary>
#
# The look. A few wrong labels are put right in minutes; to make up for them by taking more, you would have to double the set. Then take pictures that are **unlike** those that you have.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[health]]
#
# 电脑能替你看的，让它看：打不开的文件、重复的图片、同时出现在练习和考试里的图片、太少的类别。按“检查这些图片”。
#
# 上面那一排是**类别均衡**：三个数是训练集 + 验证集 + 测试集，大约 7 比 1 比 2。划分是随机的，但每类都按这个比例，同一组连拍都在同一边。如果最大的一类超过最小的三倍，网络会偏心：拿不准的时候，就猜大的那一类。
#
# 找到的问题，同一种只说一次。**修复**之前先看清楚会做什么；修复写成新的一版，原来的还在。

# %% [markdown] tags=["en"]
# ## [[health]]
#
# Let the computer look at what it can see better than you: files that do not open, pictures that are there twice or in practice and exam at once, classes that are too small. Press “Check these pictures”.
#
# The row on top is the **balance of the classes**. The three numbers are training + validation + test, about 7 to 1 to 2. Chance decides, but each class keeps that ratio and each burst stays on one side. If the largest class has more than three times the pictures of the smallest, the network takes sides: in doubt it guesses the large one.
#
# Each kind of problem is told once. See what a **repair** would do before you press; it is written as a new version, and the old one stays.

# %% tags=["code"]
result = ek.check_dataset(dataset)
result

# %% tags=["view"]
lesson.view("health")

# %% [markdown] tags=["zh"]
# **你应该看到**：要么打一个勾，要么几张问题卡片，每张都有小图。电脑看不出来的是**标签写错**：那要你自己一张一张看过去。

# %% [markdown] tags=["en"]
# **You should see:** a tick, or some cards with small pictures. What the computer cannot see is a **wrong label**: for that you have to go through the pictures yourself.

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 数据集没问题了，拿它来训练。网络选 **EfficientNet-Lite0**，轮数 **12**，学习率 **0.002**。图片少，所以只教最后一层。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# The set is in order: train on it. Choose **EfficientNet-Lite0**, **12** epochs and the learning rate **0.002**. There are few pictures, so only the last layer is taught.

# %% tags=["code"]
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
trained

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：不到一分钟就训练好了。验证图片只有几张，所以准确率一跳就是几十个百分点：**这么少的图片，只能看个大概**。真正的考验，是换一个地方、换一种光线再拍几张来认。

# %% [markdown] tags=["en"]
# **You should see:** it takes less than a minute. There are only a few validation pictures, so the accuracy jumps by tens of points: **so few pictures give a rough idea, no more.** The real test is some new pictures, taken elsewhere and in another light.

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明只拍了 10 张，就把它们复制一遍，改了名字再加进去：“现在有 20 张了！”数字是好看了，可是网络没有多看到任何东西。检查一下就露馅了：20 张都是重复的。edukit 划分的时候会把复制品放在同一边；许多程序不会，那样考试题就漏进了练习里。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom took only 10 pictures, so he copied them, gave the copies other names and added them too: “Now I have 20!” The number looks better, but the network gets to see nothing new. The check finds them: 20 duplicates. When edukit splits a set, it keeps copies on one side; many programs do not, and then the exam leaks into the practice.

# %% tags=["code", "mistake"]
small = ek.DatasetBuilder("twice")
for label in ("animal", "food"):
    images = [sample.image() for sample in ek.load_dataset("emoji").train if sample.label == label][:10]
    if not small.counts.get(label):
        small.add(label, images + images)
print(ek.check_dataset("twice").counts["by_kind"])

# %% [markdown] tags=["zh"]
# ## 练习
#
# 再加一个类别：至少 12 张，各不相同，检查不出重复。可以回到[[collect]]里加，加完再检查、再训练一次；也可以在笔记本里写代码。先猜一猜：类别多了，准确率会升还是会降？

# %% [markdown] tags=["en"]
# ## Exercise
#
# Add another class: 12 pictures or more, all different, so that the check finds no twins. Do it in [[collect]], then check and train again; or write code in the notebook. Guess first: with more classes, will the accuracy rise or fall?

# %% tags=["zh", "exercise"]
# 把 None 换成一个 ek.DatasetBuilder("...")，再用 mine.add("类别", [图片的路径]) 往里放：三个类别，每类至少 12 张
mine = None

# %% tags=["en", "exercise"]
# Replace None by an ek.DatasetBuilder("..."), and fill it with mine.add("class", [paths of pictures]): three classes, 12 pictures each or more
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result = ek.check_dataset(mine.folder)
    assert len(mine.counts) >= 3, "至少要有三个类别"
    assert min(mine.counts.values()) >= 12, f"每类至少 12 张：{mine.counts}"
    assert not result.errors(), "有打不开的图片"
    assert not {"leak", "duplicate", "near_duplicate"} & set(result.counts["by_kind"]), "有重复的图片"
    print(f"{len(mine.counts)} 个类别，{sum(mine.counts.values())} 张图片，没有重复。")

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result = ek.check_dataset(mine.folder)
    assert len(mine.counts) >= 3, "three classes at least"
    assert min(mine.counts.values()) >= 12, f"12 pictures a class at least: {mine.counts}"
    assert not result.errors(), "some pictures cannot be opened"
    assert not {"leak", "duplicate", "near_duplicate"} & set(result.counts["by_kind"]), "some pictures are there twice"
    print(f"{len(mine.counts)} classes, {sum(mine.counts.values())} pictures, no twins.")

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
mine = ek.DatasetBuilder("three-kinds")
for label in ("animal", "food", "vehicle"):
    if not mine.counts.get(label):
        mine.add(label, [sample.path for sample in ek.load_dataset("emoji").train if sample.label == label][:15])
dataset = ek.load_dataset("three-kinds")
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
print(ek.check_dataset(dataset).counts["by_kind"], f"{trained.card.metrics['val_top1']:.0%}")

# %% [markdown] tags=["zh", "solution"]
# 类别越多，瞎蒙越难猜中，也越容易弄混，所以准确率一般会降一点。可是验证图片每类只有一两张，降了还是升了，多半只是运气。

# %% [markdown] tags=["en", "solution"]
# With more classes blind guessing is right less often and more can be mixed up, so the accuracy usually falls a little. But there are only one or two validation pictures a class: whether it fell or rose is mostly luck.

# %% [markdown] tags=["zh"]
# ## 自己检查
#
# 下面检查的是**你自己的**数据集和用它训练的模型，每一条都可能不通过。

# %% [markdown] tags=["en"]
# ## Check yourself
#
# This looks at **your own** set and at the model that learnt from it. Every line can fail.

# %% [raw] tags=["check"]
# checks:
# - {check: own_set, classes: 2, pictures: 12}
# - {check: healthy}
# - {check: trained}
# passed:
#   zh: 全部通过：这是你自己的数据集，健健康康的！
#   en: "All passed: a dataset of your own, and in good health!"
# failed:
#   zh: 还没有全部通过。回到“收集图片”补几张，或者用“体检”修好它，再来检查。
#   en: Not all passed. Add some pictures in “Collect”, or repair the set in “Check the set”, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 你要教电脑认苹果。哪 20 张最好？
#     en: You want to teach a computer apples. Which twenty pictures are best?
#   choices:
#   - zh: 同一个苹果，同一张桌子，连拍 20 张
#     en: One apple on one desk, twenty in one burst
#     why:
#       zh: 电脑几乎只看到了一张图片，换个苹果、换张桌子就不认识了。
#       en: The computer has seen hardly more than one picture; another apple or another desk is news to it.
#   - zh: 5 个不同的苹果，每个在 4 个地方拍
#     en: Five different apples, each in four places
#     right: true
#     why:
#       zh: 对！它会学到：颜色、大小、背景都会变，不变的才是苹果。
#       en: "Right! It learns that colour, size and background change, and what stays is the apple."
#   - zh: 1 张最清楚的，复制 20 份
#     en: The sharpest one, copied twenty times
#     why:
#       zh: 复制不会带来任何新东西，还会让考试题漏进练习里。
#       en: Copies teach nothing new, and they let the exam leak into the practice.
# - question:
#     zh: 为什么同一组连拍要整组放在训练集或者整组放在验证集？
#     en: Why must a burst lie wholly in training, or wholly in validation?
#   choices:
#   - zh: 这样文件夹比较整齐
#     en: So that the folders look tidy
#     why:
#       zh: 不是为了好看。拆开以后，分数会变得不可信。
#       en: It is not about looks. If it is torn apart, the score can no longer be trusted.
#   - zh: 否则考试时遇到的，和练习时看过的几乎一样
#     en: Otherwise the exam shows nearly what the practice has shown
#     right: true
#     why:
#       zh: 对！背下来就能答对，分数就偏高了。下一课会看到偏高多少。
#       en: "Right! Answers learnt by heart would do, and the score would be too high. The next lesson shows by how much."
#   - zh: 连拍的图片不清楚，不能用来训练
#     en: Pictures of a burst are blurred and no good for training
#     why:
#       zh: 可以用来训练，只是不能拆开。
#       en: They are good for training; only torn apart they are not.
# - question:
#     zh: 检查说：“猫”有 60 张，“狗”只有 12 张。最好怎么办？
#     en: "The check says: 60 pictures of cats, 12 of dogs. What is the best thing to do?"
#   choices:
#   - zh: 把狗的图片复制 4 份
#     en: Make four copies of each dog
#     why:
#       zh: 张数平了，可还是那 12 张，而且多出了重复。
#       en: The numbers are even, but it is still the same 12 dogs, now with twins.
#   - zh: 不用管，检查只是提醒
#     en: Nothing; it is only a hint
#     why:
#       zh: 网络会偏心：拿不准的时候总说是猫。
#       en: The network takes sides and says “cat” whenever it is in doubt.
#   - zh: 再去拍一些不一样的狗
#     en: Take more pictures of other dogs
#     right: true
#     why:
#       zh: 对！少的那一类最需要新图片。
#       en: "Right! The small class is the one that needs new pictures."

# %% tags=["view"]
lesson.view("recall", "repeats")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 拍之前想好：以后在哪里用，就在哪里拍；每张图片都要带来一点新东西；画面里有人，先问过；
# - 学习曲线先快后慢；重复的和写错标签的图片，张数再多也没有用；
# - 检查能找出坏文件、重复和泄漏，修复写成新的一版；写错的标签只能自己看。
#
# 你的数据集在“我的数据集”里，以后每一课都能选它。想一想：你的图片里，哪些情况一张也没有？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - Decide before you start: take pictures where the model will be used; let each picture bring something new; ask the people in it first.
# - A learning curve is steep, then flat; repeats and wrong labels do not help, however many there are.
# - The check finds broken files, twins and leaks, and a repair is written as a new version; wrong labels you must find yourself.
#
# Your set is among “My sets”, and every later lesson can use it. Think about it: which situations does not one of your pictures show?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 两人一组最好：一个拿东西，一个按按钮。上课前试一次摄像头：浏览器只在 https 或本机地址上允许使用它；不行的话，用上传或画图，课照样上。
#
# - **引入（4 分钟）**：问“让电脑认什么，对我们班有用？”垃圾分类、文具、手势都很好，人脸不合适。
# - **收集图片**：先约定规矩：画面里有同学，要先得到同意；下课前用“全部删除”真正删掉。提醒学生每录一组就换地方。
# - **多还是好**：先猜再拖。“20 张比 5 张还差”最让人惊讶，留时间讨论为什么。
# - **体检**：自己的数据集如果没有问题，按“拿一个有毛病的数据集练习”；练完回到[[collect]]，再按一次“就用这个数据集”。
# - **用它训练**：训练完，让学生换个地方再拍一张，到小工作室或“你的图片”里试。
#
# ## 会看到什么数字
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 学习曲线（四次抽取的平均，39 张验证图片） | 每类 1 张 24%，5 张 49%，10 张 64%，20 张 74% |
# | 20 张，其中重复 50% / 80% / 90% | 64% / 44% / 34% |
# | 20 张，其中标签写错 20% / 40% / 60% | 61% / 46% / 34% |
# | 代码里的“动物和食物”，每类 20 张 | 训练 28 张，验证 4 张，测试 8 张；验证 100%，测试 100% |
# | “小明”的数据集，20 张各两份 | 检查找到 20 张重复；验证（4 张）50%–100% |
# | 练习，三个类别各 15 张 | 验证 83%–100%（6 张），测试 100%（9 张） |
#
# 训练用随机种子 0、1、2 各做一次。验证图片只有几张，一张就是十几到二十几个百分点。
#
# ## 常见的误解
#
# - **“越多越好。”** 不同的才有用：20 张里有 10 张重复，和 10 张一样好（都是 64%）。
# - **“图片要拍得漂亮。”** 要拍得像以后真正会遇到的样子：暗的、歪的、有遮挡的也要。
# - **“检查通过了，数据集就好。”** 检查看不出标签写错，也看不出少了哪些情况。
# - **“准确率 100%，完美。”** 先问几张验证图片：4 张全对，换 4 张可能就错一张。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# Pairs work best: one holds the thing, one presses the button. Try the camera beforehand: browsers allow it on https or on this computer's own address only. Without it, uploading and drawing do as well.
#
# - **Opening (4 minutes):** what would be useful for our class to recognise? Sorting waste, stationery and hand signs are good; faces are not suitable.
# - **Collect:** agree on rules first. Whoever is in a picture is asked, and before the bell “Delete everything” really deletes. Remind them to move after each burst.
# - **More or better:** guess, then move. That 20 pictures can be worse than 5 surprises most; leave time for why.
# - **Check the set:** if their own sets have no problems, “Practise on a set with faults” gives one; afterwards go back to [[collect]] and press “Use this set” again.
# - **Train on it:** afterwards let them take a picture elsewhere and try it, in the Studio or in “your picture”.
#
# ## Figures to expect
#
# | Where | About |
# |---|---|
# | Learning curve (mean of four draws, 39 validation pictures) | 1 a class 24%, 5 49%, 10 64%, 20 74% |
# | 20 a class, of which repeats 50% / 80% / 90% | 64% / 44% / 34% |
# | 20 a class, of which wrong labels 20% / 40% / 60% | 61% / 46% / 34% |
# | “Animals and food” of the code, 20 a class | 28 to train, 4 to validate, 8 to test; validation 100%, test 100% |
# | Tom's set, 20 pictures twice | the check finds 20 duplicates; validation (4 pictures) 50%–100% |
# | Exercise, three classes of 15 | validation 83%–100% (6 pictures), test 100% (9 pictures) |
#
# Trained with the random seeds 0, 1 and 2. With so few validation pictures, one of them is more than ten points.
#
# ## Usual misconceptions
#
# - **“The more, the better.”** Different ones help: 20 of which 10 are repeats are as good as 10 (64% both).
# - **“Pictures should be beautiful.”** They should look like what will really be met: dark, crooked and half hidden too.
# - **“The check has passed, so the set is good.”** It sees neither wrong labels nor what is missing.
# - **“100%: perfect.”** Ask how many validation pictures: all 4 right, and of another 4 one may be wrong.
