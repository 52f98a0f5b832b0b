"""Hands in archives and settings of Keras's that would fill the memory or run code.

lesson: 02_model
score: 6
"""


# %% hand_in
def hand_in(homework):
    import json
    import zipfile

    import h5py

    here = homework.folder
    with zipfile.ZipFile(here / "model.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps({"module": "os", "class_name": "system"}))
        archive.writestr("model.weights.h5", bytes(100_000_000))
        archive.writestr("../../../home/student/.keras/keras.json", '{"backend": "torch"}')
    with h5py.File(here / "model.weights.h5", "w") as file:
        file.create_dataset("dense", (10**6, 10**6), chunks=True, compression="gzip")
        file["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/")
    (here / ".keras").mkdir()
    (here / ".keras" / "keras.json").write_text('{"floatx": "float16", "backend": "jax"}')
    (here / "keras.json").write_text('{"backend": "torch"}')
