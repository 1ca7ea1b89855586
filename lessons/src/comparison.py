# ---
# jupyter:
#   edukit:
#     kind: tool
#     number: 3
#     minutes: 0
#     art: scales straight_ruler mag
#     title: {zh: 模型比较, en: Compare models}
#     summary: {zh: 把自己的模型（也可以是别处来的 ONNX 文件）放在一起比：回答、准确率、速度；还能比较几台设备。, en: "Put any models of yours side by side, ONNX files from elsewhere too: answers, accuracy, speed, and several devices."}
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 选两个或更多模型，选好图片，按“比较”。要比较两台设备：在每台设备上各测一次，把其中一台的 speed.json 下载下来，在另一台上传。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Choose two models or more, and pictures, and press Compare. To compare two devices, measure on each, download speed.json on one and upload it on the other.

# %% tags=["view"]
lesson.view("comparison")

# %% tags=["view"]
lesson.view("card")
