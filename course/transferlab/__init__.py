"""The package that the lessons import: data, backbones, quizzes, checks, progress, plots.

It must not know about grading; lessons write ``from transferlab import data, see``.
"""

import logging
import os

# TensorFlow reads these when it is first imported: keep its start-up chatter out of the lesson.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# A lesson trains many small models on purpose; TensorFlow's advice against that would confuse.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
