# ---
# jupyter:
#   edukit:
#     kind: tool
#     number: 1
#     minutes: 0
#     art: mag panda_face lower_left_paintbrush
#     title: {zh: 小工作室, en: The Studio}
#     summary: {zh: 用摄像头、照片或画笔教会电脑分辨东西，马上看到回答，再把数据集和模型带走。, en: "Teach a computer to tell things apart with camera, photos or drawings, see it answer at once, and take dataset and model along."}
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 给每个类别录一些照片，按“训练”，再对着摄像头动一动。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Record some pictures of each class, press Train, and move in front of the camera.

# %% tags=["view"]
lesson.view("studio")
