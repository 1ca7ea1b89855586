# ---
# jupyter:
#   edukit:
#     kind: tool
#     number: 2
#     minutes: 0
#     art: hammer_and_wrench gear rocket
#     title: {zh: 模型转换器, en: The converter}
#     summary: {zh: 上传一个模型，把它转换成 ONNX、INT8、OpenVINO 或 ncnn，连同示例代码和模型卡一起下载。, en: "Upload a model, turn it into ONNX, INT8, OpenVINO or ncnn, and download it with sample code and its card."}
# ---

# %% [markdown] tags=["zh"]
# # [[title]]
#
# 上传一个训练好的模型，选好它要在哪里运行，按“转换”。别人也在用时要排队，页面上能看到前面还有几个。

# %% [markdown] tags=["en"]
# # [[title]]
#
# Upload a trained model, choose where it shall run, and press Convert. Where others are at work you wait in line, and see your place.

# %% tags=["view"]
lesson.view("converter")
