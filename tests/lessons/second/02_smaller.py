# ---
# jupyter:
#   edukit:
#     minutes: 30
#     title: {zh: 小文件, en: A small file}
#     summary: {zh: 看看小文件还剩多少本领。, en: See what a small file still knows.}
#     steps:
#       - {name: move, minutes: 10, zh: 动一动, en: Move it}
#       - {name: try, minutes: 10, zh: 试一试, en: Try it}
#     needs: {lesson: 01_first_model, artefacts: [onnx, int8]}
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 接着 [[01_first_model]] 往下走。先看[[move]]，再到[[try]]。

# %% [markdown] tags=["en"]
# # [[title]]
#
# We go on from [[01_first_model]]. First [[move]], then [[try]].

# %% [raw] tags=["guess"]
# name: size
# question: {zh: 小文件是原来的几分之一？, en: "How many times smaller is the small file?"}
# choices:
# - {value: 2, zh: 2 分之一, en: twice}
# - {value: 4, zh: 4 分之一, en: four times}
# later: {zh: 先记下来。, en: We keep it.}
# measured: times_smaller
# close_to: 1
# close: {zh: "猜 {guess}，实际 {measured}：真准。", en: "{guess}, and it is {measured}: well guessed."}
# apart: {zh: "猜 {guess}，实际 {measured}。", en: "{guess}, and it is {measured}."}

# %% [markdown] tags=["zh"]
# ## [[move]]
#
# 转一转。

# %% [markdown] tags=["en"]
# ## [[move]]
#
# Turn it.

# %% tags=["view"]
lesson.view("move")

# %% [markdown] tags=["zh"]
# ## [[try]]
#
# 选一张。

# %% [markdown] tags=["en"]
# ## [[try]]
#
# Choose one.

# %% tags=["code"]
dataset = ek.load_dataset("emoji")
small = lesson.find("int8")
model = ek.load_model(small)
model.predict(dataset.validation[0].path)

# %% tags=["view"]
lesson.view("try")

# %% [markdown] tags=["zh"]
# ## 练习
#
# 换一张图片。

# %% [markdown] tags=["en"]
# ## Exercise
#
# Take another picture.

# %% tags=["zh", "exercise"]
# 换一张图片
images = dataset.validation[1:2]
assert len(images) == 1, "一张就够"

# %% tags=["en", "exercise"]
# Take another picture
images = dataset.validation[1:2]
assert len(images) == 1, "one is enough"

# %% tags=["solution"]
dataset = ek.load_dataset("emoji")
model = ek.load_model(lesson.find("int8"))
mine = ek.train(dataset, backbone="LeNet", epochs=3)
print(model.predict(dataset.validation[1].path).label)

# %% [raw] tags=["check"]
# checks:
# - {check: accurate, at_least: 0.5}
# passed: {zh: 通过了。, en: Passed.}
# failed: {zh: 还没有。, en: Not yet.}

# %% [raw] tags=["quiz"]
# - question: {zh: 小文件少了什么？, en: "What did the small file lose?"}
#   choices:
#   - {zh: 层, en: Layers, why: {zh: 没有。, en: No.}}
#   - {zh: 精细, en: Exactness, right: true, why: {zh: 对。, en: Right.}}

# %% tags=["view"]
lesson.view("recall", "size")

# %% [markdown] tags=["zh", "teacher"]
# 会看到：大约四分之一。

# %% [markdown] tags=["en", "teacher"]
# To expect: about a quarter.
