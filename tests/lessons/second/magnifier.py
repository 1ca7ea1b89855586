# ---
# jupyter:
#   edukit:
#     kind: tool
#     minutes: 0
#     title: {zh: 放大镜, en: The magnifier}
#     summary: {zh: 看图片。, en: Looks at pictures.}
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 选一张图片，看看模型怎么说。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Choose a picture and see what the model says.

# %% tags=["view"]
lesson.view("try")
