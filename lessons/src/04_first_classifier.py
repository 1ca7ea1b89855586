# ---
# jupyter:
#   edukit:
#     minutes: 50
#     art: hut ladder mountain_cableway
#     title:
#       zh: 训练你的第一个分类器
#       en: Train your first classifier
#     chapter:
#       zh: 训练与理解
#       en: Train and understand
#     summary:
#       zh: 轮、批、损失、学习率是什么；从曲线上看出没学会和背答案；把几次训练放在一起比。
#       en: What epoch, batch, loss and learning rate are; read from the curve what went wrong; hold several runs against each other.
#     steps:
#       - {name: data, minutes: 5, zh: 一轮有几批, en: Batches in an epoch}
#       - {name: bowl, minutes: 10, zh: 小球下山, en: A ball rolls down}
#       - {name: train, minutes: 16, zh: 训练三次, en: Train three times}
#     needs: {dataset: emoji, lesson: 01_first_model, artefacts: [checkpoint]}
#     train: {backbone: LeNet, epochs: 20, lr: null}
#     leaves: [checkpoint]
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 在 [[01_first_model]] 里，你按下“开始训练”，网络就学会了。这一课打开盖子看里面：按下去以后，到底发生了什么？要是学不好，该动哪里？
#
# **学完这一课，你能够**：
#
# 1. 用自己的话说出轮、批、损失和学习率是什么；
# 2. 看着曲线说出：还没学会，学得正好，还是在背答案；
# 3. 把几次训练放在一起比，用验证集选出最好的一个。
#
# **需要**：这台电脑就够了，前面的课没做也可以。**你会做出**：三个训练好的模型，并从中选出一个。

# %% [markdown] tags=["en"]
# # [[title]]
#
# In [[01_first_model]] you pressed Train, and the network had learnt. This lesson lifts the lid: what happens after that press? And when the learning goes badly, what should you change?
#
# **After this lesson you can:**
#
# 1. say in your own words what epoch, batch, loss and learning rate are;
# 2. tell from the curve whether a network has not learnt yet, has learnt well, or learns by heart;
# 3. hold several runs against each other and choose the best by the validation pictures.
#
# **You need:** this computer; the earlier lessons are not required. **You make:** three trained models, of which you choose one.

# %% [markdown] tags=["zh"]
# ## 为什么要学这个
#
# 蒙着眼睛站在山坡上，怎样走到谷底？你会用脚试一试：哪边低，就往哪边迈一步，再试，再迈。训练就是这样**下山**。山的高度叫**损失**：错得越多、错得越肯定，损失就越大。
#
# 每一步迈多大，由你来定。步子太小，天黑了还在半山腰；步子太大，一步跨到对面山上去。同样的图片、同样的网络，只因为这一个数字，结果可以天差地别。

# %% [markdown] tags=["en"]
# ## Why it matters
#
# You stand on a hillside with your eyes covered. How do you reach the bottom? You feel with your foot which way is down, take a step, and feel again. Training walks **downhill** in just this way. The height is called the **loss**: the more answers are wrong, and the surer the network was of them, the higher it is.
#
# How long each step is, you decide. Too short, and night falls while you are halfway; too long, and one step carries you up the other side. The same pictures and the same network can end worlds apart because of this one number.

# %% [raw] tags=["guess"]
# name: how_far_apart
# question:
#   zh: 同样的图片，换几种设置各训练一次。最好的一次和最差的一次，验证准确率会差多少个百分点？
#   en: The same pictures, trained several times with other settings. How many points of validation accuracy will lie between the best run and the worst?
# choices:
# - {value: 5, zh: 大约 5 个：差不多, en: "about 5: much the same"}
# - {value: 20, zh: 大约 20 个：看得出来, en: "about 20: plain to see"}
# - {value: 60, zh: 大约 60 个：天差地别, en: "about 60: worlds apart"}
# later:
#   zh: 你的猜测已经记下来了。训练过几次以后，我们再来看。
#   en: Your guess is kept. We come back to it after some trainings.
# measured: runs_apart
# close_to: 15
# close:
#   zh: 你猜相差大约 {guess} 个百分点，你的几次训练相差 {measured} 个。猜得真准！
#   en: You guessed about {guess} points; your runs are {measured} apart. Well guessed!
# apart:
#   zh: 你猜相差大约 {guess} 个百分点，你的几次训练相差 {measured} 个。是哪个设置造成的？
#   en: "You guessed about {guess} points; your runs are {measured} apart. Which setting made the difference?"

# %% [markdown] tags=["zh"]
# ## [[data]]
#
# 网络不是看完所有图片才改正一次，而是看一小叠，改一次。
#
# - 一小叠叫一**批**（batch）。一批有几张，叫批大小；我们用 16；
# - 所有训练图片看完一遍，叫一**轮**（epoch）。
#
# **先算一算**：训练集有 247 张图片，一批 16 张，一轮要改正几次？训练 20 轮呢？
#
# <details><summary>答案</summary>
#
# 247 ÷ 16 = 15 余 7，所以是 16 批，最后一批只有 7 张：一轮改正 16 次，20 轮改正 320 次。
#
# </details>

# %% [markdown] tags=["en"]
# ## [[data]]
#
# A network does not look at all the pictures before it corrects itself. It looks at a small pile and corrects itself once, then takes the next pile.
#
# - A pile is a **batch**; how many pictures are in it is the batch size. Ours is 16.
# - When all training pictures have been seen once, one **epoch** is over.
#
# **Work it out first:** there are 247 training pictures, 16 in a batch. How many corrections make an epoch? And 20 epochs?
#
# <details><summary>Answer</summary>
#
# 247 ÷ 16 is 15, and 7 are left over. So there are 16 batches, the last with only 7 pictures: 16 corrections an epoch, 320 in 20 epochs.
#
# </details>

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
classes = dataset.classes
print(len(dataset.train), "/ 16 →", -(-len(dataset.train) // 16))

# %% tags=["view"]
lesson.view("data")

# %% [markdown] tags=["zh"]
# **你应该看到**：六个类别，训练集 247 张。按“检查这些图片”，把每一张都打开看一遍。

# %% [markdown] tags=["en"]
# **You should see:** six classes and 247 training pictures. Press “Check these pictures”, and every one is opened once.

# %% [markdown] tags=["zh"]
# ## [[bowl]]
#
# 真的网络有几万、几百万个权重。先看只有**一个**权重的：左右是权重的值，高低是损失。小球每一步都往低处走：
#
# > 这一步走多远 = **学习率** × 坡度
#
# 先不要动，猜一猜：学习率从 0.05 慢慢加到 2.5，小球会怎么样？然后拖一拖，把下面四个挑战都做完。

# %% [markdown] tags=["en"]
# ## [[bowl]]
#
# A real network has thousands or millions of weights. Here is one with a **single** weight: left and right is its value, the height is the loss. At each step the ball moves downhill:
#
# > how far it moves = **learning rate** × slope
#
# Before you touch anything, guess: what will the ball do as the rate grows from 0.05 to 2.5? Then move the sliders, and solve the four challenges below.

# %% tags=["view"]
lesson.view("bowl")

# %% [markdown] tags=["zh"]
# **你应该看到**：平缓的山谷里，学习率 0.01 走 20 步还在山坡上；1 一步就到；超过 2 就跳出去。换成陡峭的山谷，0.7 就跳出去了。**没有一个学习率对所有的山都合适**，所以要试。
#
# <details><summary>两个山谷的那一张，为什么小步子到不了左边？</summary>
#
# 小球只知道脚下的坡度。走进右边的浅谷，四面都是上坡，它就停了。步子大一些，有时正好跨过中间的山脊。真的训练里，一批一批的图片让每一步都有点摇晃，也能帮上忙。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** in the wide bowl, 20 steps at a rate of 0.01 end on the slope; at 1 a single step arrives; above 2 the ball jumps out. In the steep bowl 0.7 is already too much. **No learning rate suits every hill**, so one has to try.
#
# <details><summary>With two valleys, why do small steps never reach the left one?</summary>
#
# The ball knows only the slope under it. In the shallow valley on the right every way leads up, so it stays. A longer step sometimes clears the ridge. In real training, each batch of pictures shakes the step a little, and that can help too.
#
# </details>

# %% [markdown] tags=["zh"]
# ## [[train]]
#
# 现在用真的网络下山，训练三次，每次只改一点。
#
# **先热个身。** 网络选 **LeNet**，按一下“能先学会一批吗？”：它反复看同样的 16 张图片。要是连这几张都记不住，就先别训练，多半是学习率或者标签有问题。
#
# **第一次，从零开始。** LeNet 只有几万个权重，从没见过图片。网络选 **LeNet**，轮数 **20**，学习率**自动**（对它来说是 0.001）。

# %% [markdown] tags=["en"]
# ## [[train]]
#
# Now a real network goes downhill, three times, with something changed each time.
#
# **Warm up first.** Choose **LeNet** and press “Can it learn one batch at all?”: it looks at the same 16 pictures again and again. If it cannot even learn these by heart, training is a waste of time: most likely the learning rate or the labels are wrong.
#
# **First run, from nothing.** LeNet has some sixty thousand weights and has never seen a picture. Choose **LeNet**, **20** epochs, and the learning rate **automatic** (0.001 for this network).

# %% tags=["code"]
trained = ek.train(dataset, backbone="LeNet", epochs=20)
trained

# %% tags=["code"]
trained.to_frame()[["epoch", "train_loss", "val_loss"]]

# %% tags=["view"]
lesson.view("train")

# %% [markdown] tags=["zh"]
# **你应该看到**：验证准确率从三成多升到三分之二左右，曲线有点抖。训练损失（笔记本里有每一轮的数字）从 1.75 降到 1 上下，到最后还在降：它**还没学完**。训练图片上也只对了六成左右，这叫**欠拟合**：网络太小，或者学得还不够。
#
# **第二次，步子太大。** 只把学习率改成 **0.1**，再训练一次。曲线贴着地面：六个类别瞎蒙，也有六分之一对；它只有两成多。小球跳出去了。
#
# **第三次，站在别人的肩膀上。** 网络选 **EfficientNet-Lite0**，轮数 **12**，学习率 **0.002**。它是预训练的，我们只教最后一层。
#
# <details><summary>为什么瞎蒙的损失是 1.79？</summary>
#
# 六个类别，每个都给六分之一的把握，损失就是 ln 6 ≈ 1.79。第一轮的损失在 1.75 左右，说明刚开始和瞎蒙差不多；学习率 0.1 的那一次，到最后还停在 1.77。
#
# </details>

# %% [markdown] tags=["en"]
# **You should see:** the validation accuracy climbs from about a third to about two thirds, on a shaky line. The training loss (the notebook lists it) falls from 1.75 to about 1 and is still falling: the network **has not finished learning**. Even of the training pictures it knows only about six in ten. That is **underfitting**: the network is too small, or has learnt too little.
#
# **Second run, steps too long.** Change only the learning rate, to **0.1**, and train again. The line stays on the floor: among six classes blind guessing is right one time in six, and this is little better. The ball has jumped out.
#
# **Third run, a head start.** Choose **EfficientNet-Lite0**, **12** epochs and the rate **0.002**. It is pretrained, and only its last layer, the head, is taught.
#
# <details><summary>Why is the loss of blind guessing 1.79?</summary>
#
# If each of six classes gets one sixth of the confidence, the loss is ln 6 ≈ 1.79. The first epoch, at about 1.75, is hardly better than guessing; the run with the rate 0.1 still stands at 1.77 at its end.
#
# </details>

# %% tags=["code"]
result = ek.train(dataset, backbone="LeNet", epochs=20, lr=0.1)
result

# %% tags=["code"]
trained = ek.train(dataset, backbone="EfficientNet-Lite0", epochs=12, lr=0.002)
trained

# %% [markdown] tags=["zh"]
# ## 放在一起比
#
# 三次训练都留着，下面把它们的曲线画在一张图里。你的数字应该和这张表差不多：
#
# | 训练 | 验证准确率（最好的一轮） |
# |---|---|
# | LeNet，学习率 0.001 | 67%–69% |
# | LeNet，学习率 0.1 | 23% |
# | EfficientNet-Lite0，只学最后一层 | 85%–87% |
#
# 每一行都用三个随机种子训练过。验证集只有 39 张，一张就是 2.6 个百分点：67% 和 69% 不算差别，23% 和 67% 才算。最后选中最好的那一个。

# %% [markdown] tags=["en"]
# ## Side by side
#
# All three runs are kept, and their curves are drawn in one chart below. Your figures should be close to these:
#
# | Run | Validation accuracy (best epoch) |
# |---|---|
# | LeNet, learning rate 0.001 | 67%–69% |
# | LeNet, learning rate 0.1 | 23% |
# | EfficientNet-Lite0, head only | 85%–87% |
#
# Each row was trained with three random seeds. There are only 39 validation pictures, so one of them is 2.6 points: 67% and 69% are no difference, 23% and 67% are one. Leave the best run chosen.

# %% tags=["view"]
lesson.view("runs")

# %% [markdown] tags=["zh"]
# ## 一个常见的错误
#
# 小明说：“我的网络在训练图片上全对，它是最好的！”他让 LeNet 每一轮都看一模一样的图片（平时每轮会移动、旋转、调亮一点，叫**数据增强**），学了 30 轮：
#
# | 轮 | 5 | 10 | 15 | 20 | 30 |
# |---|---|---|---|---|---|
# | 训练准确率 | 51% | 64% | 79% | 89% | 98% |
# | 验证准确率 | 59% | 67% | 69% | 64% | 67% |
# | 验证损失 | 1.11 | 0.90 | 0.95 | 1.06 | 1.67 |
#
# 训练准确率一路往上，验证准确率 10 轮以后就不动了，验证损失反而越来越大：它在背课本，错的时候还特别肯定。这就是**过拟合**。选模型，要看**验证集**，不看训练集。edukit 留下的是验证最好的那一轮，不是最后一轮。

# %% [markdown] tags=["en"]
# ## A common mistake
#
# Tom says: “My network gets nearly every training picture right, so it is the best!” He let LeNet see exactly the same pictures in every epoch (usually they are moved, turned and brightened a little each time: **augmentation**) and trained for 30 epochs:
#
# | Epoch | 5 | 10 | 15 | 20 | 30 |
# |---|---|---|---|---|---|
# | Training accuracy | 51% | 64% | 79% | 89% | 98% |
# | Validation accuracy | 59% | 67% | 69% | 64% | 67% |
# | Validation loss | 1.11 | 0.90 | 0.95 | 1.06 | 1.67 |
#
# On the training pictures it keeps climbing. On validation it stops after epoch 10, and the loss even grows: the book is learnt by heart, and the network is very sure where it is wrong. This is **overfitting**. Choose a model by the **validation** pictures, never by the training pictures. What edukit keeps is the epoch that was best on validation, not the last one.

# %% tags=["code", "mistake"]
result = ek.train(dataset, backbone="LeNet", epochs=30, augment=False, out=lesson.exercise())
result

# %% [markdown] tags=["zh"]
# 数据增强到底做了什么？下面用的就是训练时的同一个程序。按一下按钮，看看模型被哪些变化难住了；再想一想：哪些变化会让标签变错？

# %% [markdown] tags=["en"]
# What does augmentation do? Below is the very program that training uses. Press the button to see which variations the model stumbles over, and think: which of them would make a label wrong?

# %% tags=["view"]
lesson.view("augment")

# %% [markdown] tags=["zh"]
# ## 练习
#
# 给 LeNet 找一个合适的学习率。至少试三个：一个太小，一个太大，一个刚好；每次都是 20 轮。先在[[train]]里选好 LeNet 和 20 轮，再在下面写几个学习率，一起排队；或者在笔记本里写代码。先猜一猜：学习率 **0.0001** 的曲线是什么样子？最后在[[train]]里按“帮我找学习率”：它建议的和你找到的差多少？

# %% [markdown] tags=["en"]
# ## Exercise
#
# Find a learning rate that suits LeNet. Try at least three: one too small, one too large, one that fits; 20 epochs each. Set LeNet and 20 epochs in [[train]], write some rates below and queue all runs; or write code in the notebook. Guess first: what will the curve look like at **0.0001**? At the end press “Find a learning rate” in [[train]]: how far is its proposal from what you have found?

# %% tags=["view"]
lesson.view("sweep")

# %% tags=["zh", "exercise"]
# 把 None 换成一个列表：用至少三个学习率各训练一次。out=lesson.exercise() 会把每一次放进单独的文件夹
mine = None

# %% tags=["en", "exercise"]
# Replace None by a list of at least three trainings, each with another rate; out=lesson.exercise() gives each its own folder
mine = None

# %% tags=["zh", "exercise"]
if mine is None:
    print("先完成上面的练习。")
else:
    result = {one.history[0]["lr"]: one.card.metrics["val_top1"] for one in mine}
    assert all(one.card.backbone == "LeNet" for one in mine), "网络都应该是 LeNet"
    assert len(result) >= 3, "至少要有三个不同的学习率"
    assert max(result.values()) >= 0.6, "还没有找到合适的：最好的一次应该到 60%"
    assert min(result.values()) < 0.55, "再试一个太大或者太小的，看看会怎样"
    print(f"最好的学习率是 {max(result, key=result.get)}。")

# %% tags=["en", "exercise"]
if mine is None:
    print("Finish the exercise above first.")
else:
    result = {one.history[0]["lr"]: one.card.metrics["val_top1"] for one in mine}
    assert all(one.card.backbone == "LeNet" for one in mine), "every network should be LeNet"
    assert len(result) >= 3, "at least three different rates are asked"
    assert max(result.values()) >= 0.6, "none fits yet: the best run should reach 60%"
    assert min(result.values()) < 0.55, "try one that is too large or too small as well"
    print(f"The best learning rate is {max(result, key=result.get)}.")

# %% [markdown] tags=["zh", "exercise"]
# 做完以后，可以对照[[solution]]。

# %% [markdown] tags=["en", "exercise"]
# When you are done, hold it against the [[solution]].

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
mine = [ek.train(dataset, backbone="LeNet", epochs=20, lr=lr) for lr in (0.0001, 0.001, 0.1)]
for trained in mine:
    print(trained.history[0]["lr"], f"{trained.card.metrics['val_top1']:.0%}")

# %% [markdown] tags=["zh", "solution"]
# 0.0001 太小：20 轮以后大约 50%，曲线还在慢慢往上爬。0.001 合适：67%–69%。0.1 太大：停在 23%。

# %% [markdown] tags=["en", "solution"]
# 0.0001 is too small: about 50% after 20 epochs, still climbing slowly. 0.001 fits: 67%–69%. 0.1 is too large: it stays at 23%.

# %% [markdown] tags=["zh"]
# ## 考试，自己检查
#
# 模型选好了，**测试集**才出场，只考一次。下面检查的是**你自己的**训练和你选中的模型，每一条都可能不通过。

# %% [markdown] tags=["en"]
# ## The exam: check yourself
#
# Only now that the model is chosen do the **test pictures** come out, once. This looks at **your own** runs and at the model that you chose. Every line can fail.

# %% tags=["code"]
model = lesson.find("checkpoint")
result = ek.evaluate(model, dataset.test)
result

# %% [raw] tags=["check"]
# checks:
# - {check: trained}
# - {check: best_of_runs, runs: 3}
# - {check: accurate, at_least: 0.75, model: checkpoint}
# passed:
#   zh: 全部通过：你训练了几次，也选对了！
#   en: "All passed: you have trained several times, and chosen well!"
# failed:
#   zh: 还没有全部通过。再训练几次，按“选用最好的一次”，然后再来检查。
#   en: Not all passed. Train some more, press “Choose the best”, then check again.

# %% [raw] tags=["quiz"]
# - question:
#     zh: 有 100 张训练图片，批大小是 20，训练 3 轮。一共改正几次？
#     en: There are 100 training pictures, the batch size is 20, and there are 3 epochs. How many corrections are made?
#   choices:
#   - zh: 3 次
#     en: "3"
#     why:
#       zh: 每一批都改正一次，不是每一轮才改一次。
#       en: Every batch brings a correction, not every epoch.
#   - zh: 15 次
#     en: "15"
#     right: true
#     why:
#       zh: 对！一轮 5 批，3 轮就是 15 批，每批改正一次。
#       en: "Right! An epoch has 5 batches, three epochs have 15, and each brings one correction."
#   - zh: 300 次
#     en: "300"
#     why:
#       zh: 那是看过的图片张数。20 张合起来才改正一次。
#       en: That is how many pictures were looked at. Twenty of them together bring one correction.
# - question:
#     zh: 训练准确率 99%，验证准确率 65%，验证损失还在变大。这是怎么回事？
#     en: Training accuracy is 99%, validation accuracy 65%, and the validation loss is growing. What is going on?
#   choices:
#   - zh: 欠拟合：再多训练几轮
#     en: "Underfitting: train longer"
#     why:
#       zh: 欠拟合时，连训练图片也学不好。这里训练图片已经快全对了。
#       en: An underfitted network does badly on training pictures too. These are nearly all right.
#   - zh: 过拟合：它在背训练图片
#     en: "Overfitting: it learns the training pictures by heart"
#     right: true
#     why:
#       zh: 对！可以加数据增强，找更多图片，或者早一点停下来。
#       en: "Right! Augmentation, more pictures or an earlier stop can help."
#   - zh: 学习率太大，跳出去了
#     en: "The learning rate is too large: it jumped out"
#     why:
#       zh: 跳出去的话，训练准确率也上不来。
#       en: Then the training accuracy would not have risen either.
# - question:
#     zh: 训练损失每一轮只降一点点，20 轮以后还在降。最先应该试什么？
#     en: The training loss falls only a little each epoch, and after 20 epochs it is still falling. What would you try first?
#   choices:
#   - zh: 把学习率调大一些
#     en: A larger learning rate
#     right: true
#     why:
#       zh: 对！步子太小。几倍几倍地往上加，曲线乱跳了再退回来。
#       en: "Right! The steps are too short. Make them a few times longer, and go back when the curve begins to jump."
#   - zh: 把学习率调小一些
#     en: A smaller learning rate
#     why:
#       zh: 那就更慢了。曲线乱跳的时候才应该调小。
#       en: It would be slower still. A smaller rate helps when the curve jumps about.
#   - zh: 用测试图片来训练
#     en: Train on the test pictures as well
#     why:
#       zh: 那就没有考试题了，分数再高也不说明问题。
#       en: Then no exam is left, and no score would mean a thing.

# %% tags=["view"]
lesson.view("recall", "how_far_apart")

# %% [markdown] tags=["zh"]
# ## 小结
#
# - 看一**批**改正一次，全部看完是一**轮**；**损失**是错的程度，**学习率**是每一步的大小；
# - 训练和验证都低，是欠拟合；训练越来越高、验证不动，是过拟合；曲线贴着地面，多半是学习率太大；
# - 几次训练放在一起，看验证集选；差别比一两张图片还小，就不算差别。测试集只在最后考一次。
#
# 你的几个模型都保存在这台电脑上。想一想：哪些图片连最好的那个也认错了？为什么？
#
# [[next]]

# %% [markdown] tags=["en"]
# ## Summary
#
# - One correction a **batch**; when all pictures were seen, an **epoch** is over. The **loss** says how wrong the network is, the **learning rate** how long each step is.
# - Both accuracies low: underfitting. Training climbs while validation stands still: overfitting. A line on the floor: most likely too large a learning rate.
# - Put the runs side by side and choose by validation; a gap of a picture or two is no gap. The test pictures are the one exam at the end.
#
# All your models are saved on this computer. Think about it: which pictures does even the best of them get wrong, and why?
#
# [[next]]

# %% [markdown] tags=["zh", "teacher"]
# ## 这节课怎么上
#
# 一人一台电脑，不需要联网。三次训练各要几秒到半分钟，时间主要花在看曲线上。
#
# - **引入（4 分钟）**：请一个同学闭上眼睛“下山”，全班只回答“左边低”还是“右边低”。步子由他自己定。
# - **一轮有几批**：先在本子上算，再打开答案。
# - **小球下山**：前两个挑战人人都能做完；“三步到谷底”让学生发现学习率 1 一步就到；“更深的山谷”最难，试 0.25 左右。
# - **训练三次**：每次按下去之前，先说会看到什么样的曲线。
# - **常见的错误**：表格先盖住最后一行，问“选哪一轮？”
# - 练习可以分组：每组一个学习率，结果写在黑板上，画成一条曲线。
#
# ## 会看到什么数字
#
# 在一台两核的电脑上，三个随机种子（0、1、2）的结果：
#
# | 哪里 | 大约是多少 |
# |---|---|
# | 图片 | 训练 247 张，验证 39 张，测试 91 张；一轮 16 批 |
# | LeNet，20 轮，学习率 0.001（自动） | 验证 67%–69%，测试 54%–63%；最后一轮训练准确率 58%–60% |
# | LeNet，20 轮，学习率 0.0001 | 验证 49%–51% |
# | LeNet，20 轮，学习率 0.1 | 验证 23%，损失停在 1.77，测试 19% |
# | LeNet，40 轮，不做数据增强 | 训练 100%；验证最好 69%–77%，最后 56%–67%；验证损失最后 1.8–2.1 |
# | EfficientNet-Lite0，12 轮，只学最后一层 | 验证 85%–87%，测试 88%–90%；训练 100% |
# | “帮我找学习率”，LeNet | 0.001 或 0.002，约 3 秒 |
# | “能先学会一批吗？”，LeNet，学习率 0.001 | 能，看 20 到 30 遍；学习率 0.1 时看 100 遍也不行 |
#
# 挑战：平缓的山谷，学习率 0.01 到 0.03 走 20 步剩下四分之一以上，超过 2 就跳出去；陡峭的山谷超过 0.66 跳出去；两个山谷，学习率 0.25 走 30 步到左边。
#
# ## 常见的误解
#
# - **“轮数就是改正的次数。”** 一轮有 16 次改正。
# - **“损失低，准确率就一定高。”** 损失还看有多肯定：答错而又很肯定，损失会很大。过拟合的那张表里，准确率没怎么变，损失却几乎翻倍。
# - **“训练准确率 100% 就是过拟合。”** 预训练的那一次，训练也是 100%，验证却有 85% 左右，损失没有变大。要看验证，不看训练。
# - **“训练准确率一定比验证高。”** LeNet 的训练准确率常常比验证低：训练图片被移动、旋转、调亮过，更难认。
# - **“曲线抖，就是坏了。”** 验证只有 39 张，一张就是 2.6 个百分点。

# %% [markdown] tags=["en", "teacher"]
# ## How to teach it
#
# One computer a student, no internet. Each training takes seconds to half a minute; the time goes into looking at curves.
#
# - **Opening (4 minutes):** one student “walks downhill” with eyes shut, and the class only answers which side is lower. The length of the steps is the student's own.
# - **Batches in an epoch:** worked out on paper before the answer is opened.
# - **A ball rolls down:** everyone solves the first two challenges. “At most three steps” leads to the discovery that a rate of 1 needs a single one. “The deeper valley” is the hardest: try about 0.25.
# - **Train three times:** before each press, students say what curve they expect.
# - **A common mistake:** cover the last row of the table first, and ask which epoch to choose.
# - The exercise works in groups: a learning rate each, the results on the board as one curve.
#
# ## Figures to expect
#
# On a computer with two cores, random seeds 0, 1 and 2:
#
# | Where | About |
# |---|---|
# | Pictures | 247 to train, 39 to validate, 91 to test; 16 batches an epoch |
# | LeNet, 20 epochs, rate 0.001 (automatic) | validation 67%–69%, test 54%–63%; training accuracy of the last epoch 58%–60% |
# | LeNet, 20 epochs, rate 0.0001 | validation 49%–51% |
# | LeNet, 20 epochs, rate 0.1 | validation 23%, loss stays at 1.77, test 19% |
# | LeNet, 40 epochs, no augmentation | training 100%; validation at best 69%–77%, at the end 56%–67%; validation loss at the end 1.8–2.1 |
# | EfficientNet-Lite0, 12 epochs, head only | validation 85%–87%, test 88%–90%; training 100% |
# | “Find a learning rate”, LeNet | 0.001 or 0.002, about 3 seconds |
# | “Can it learn one batch at all?”, LeNet, rate 0.001 | yes, after 20 to 30 looks; at rate 0.1 not even after 100 |
#
# Challenges: in the wide bowl, rates of 0.01 to 0.03 leave over a quarter of the loss after 20 steps, and above 2 the ball jumps out; in the steep bowl, above 0.66; with two valleys, the rate 0.25 and 30 steps reach the left one.
#
# ## Usual misconceptions
#
# - **“Epochs are corrections.”** One epoch holds 16 of them.
# - **“A low loss means a high accuracy.”** The loss also asks how sure the network was: wrong and very sure costs a lot. In the table of the mistake the accuracy hardly moves, while the loss nearly doubles.
# - **“100% on the training pictures is overfitting.”** The pretrained run reaches it too, with about 85% on validation and a loss that does not grow. Look at validation.
# - **“Training is always above validation.”** LeNet is often lower on training pictures: they were moved, turned and brightened, and are harder.
# - **“A shaky curve is broken.”** There are 39 validation pictures: one is 2.6 points.
