"""The models of `examples/`, written by hand in Keras: what the emitted ones are compared with.

Each function takes the `keras` module, so that collecting the tests does not import it.
"""

from __future__ import annotations

from typing import Any


def first_model(keras: Any) -> Any:
    layers = keras.layers
    x = layers.Input((64,), name="x")
    hidden = layers.Dense(32, activation="relu")(x)
    hidden = layers.Dense(32, activation="relu")(hidden)
    return keras.Model(x, layers.Dense(10, activation="softmax", name="digit")(hidden))


def sequential(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def question_answering(keras: Any) -> Any:
    layers = keras.layers
    text = layers.Input((None,), dtype="int32", name="text")
    question = layers.Input((None,), dtype="int32", name="question")
    encoded_text = layers.LSTM(32)(layers.Embedding(10000, 64)(text))
    encoded_question = layers.LSTM(16)(layers.Embedding(10000, 32)(question))
    merged = layers.concatenate([encoded_text, encoded_question], axis=-1)
    answer = layers.Dense(500, activation="softmax", name="answer")(merged)
    return keras.Model([text, question], answer)


def posts(keras: Any) -> Any:
    layers = keras.layers
    source = layers.Input((None,), dtype="int32", name="posts")
    x = layers.Embedding(50000, 256)(source)
    x = layers.Conv1D(128, 5, activation="relu")(x)
    x = layers.MaxPooling1D(5)(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.MaxPooling1D(5)(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.GlobalMaxPooling1D()(x)
    x = layers.Dense(128, activation="relu")(x)
    age = layers.Dense(1, name="age")(x)
    income = layers.Dense(10, activation="softmax", name="income")(x)
    gender = layers.Dense(1, activation="sigmoid", name="gender")(x)
    return keras.Model(source, [age, income, gender])


def inception_module(keras: Any) -> Any:
    layers = keras.layers
    x = layers.Input((64, 64, 16), name="x")

    def conv(size: int, strides: int = 1) -> Any:
        return layers.Conv2D(128, size, strides=strides, padding="same", activation="relu")

    a = conv(1, 2)(x)
    b = conv(3, 2)(conv(1)(x))
    c = conv(3)(layers.AveragePooling2D(3, strides=2, padding="same")(x))
    d = conv(3, 2)(conv(3)(conv(1)(x)))
    return keras.Model(x, layers.concatenate([a, b, c, d], axis=-1))


def residual(keras: Any) -> Any:
    layers = keras.layers
    x = layers.Input((28, 28, 128), name="x")
    y = x
    for _ in range(3):
        y = layers.Conv2D(128, 3, activation="relu", padding="same")(y)
    return keras.Model(x, layers.add([y, x]))


def residual_across_sizes(keras: Any) -> Any:
    layers = keras.layers
    x = layers.Input((32, 32, 64), name="x")
    y = layers.Conv2D(128, 3, activation="relu", padding="same")(x)
    y = layers.Conv2D(128, 3, activation="relu", padding="same")(y)
    y = layers.MaxPooling2D(2, strides=2)(y)
    shortcut = layers.Conv2D(128, 1, strides=2, padding="same")(x)
    return keras.Model(x, layers.add([y, shortcut]))


def siamese_lstm(keras: Any) -> Any:
    layers = keras.layers
    left = layers.Input((None, 128), name="left")
    right = layers.Input((None, 128), name="right")
    lstm = layers.LSTM(32)
    merged = layers.concatenate([lstm(left), lstm(right)], axis=-1)
    similarity = layers.Dense(1, activation="sigmoid", name="similarity")(merged)
    return keras.Model([left, right], similarity)


def model_as_layer(keras: Any) -> Any:
    layers = keras.layers
    a, b = layers.Input((32,)), layers.Input((32,))
    both = layers.Dense(16, activation="relu")(layers.concatenate([a, b]))
    compare = keras.Model(
        [a, b], [layers.Dense(1, activation="sigmoid")(both), layers.Dense(16)(both)]
    )
    anchor, candidate, stranger = (
        layers.Input((32,), name=name) for name in ("anchor", "candidate", "stranger")
    )
    match, reason = compare([anchor, candidate])
    mismatch, objection = compare([anchor, stranger])
    return keras.Model([anchor, candidate, stranger], [match, reason, mismatch, objection])


def siamese_vision(keras: Any) -> Any:
    layers = keras.layers
    left = layers.Input((250, 250, 3), name="left")
    right = layers.Input((250, 250, 3), name="right")
    xception = keras.applications.Xception(weights=None, include_top=False)
    return keras.Model([left, right], layers.concatenate([xception(left), xception(right)]))


def xception(keras: Any) -> Any:
    return keras.applications.Xception(weights=None)


def inception_v3(keras: Any) -> Any:
    return keras.applications.InceptionV3(weights=None)


def digits(keras: Any) -> Any:
    layers = keras.layers
    image = layers.Input((8, 8, 1), name="image")
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(image)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(layers.MaxPooling2D(2)(x))
    x = layers.Dropout(0.3)(x)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(x))


def voters(keras: Any) -> Any:
    layers = keras.layers
    person = layers.Input((5,), name="person")
    views = layers.Input((3,), dtype="int32", name="views")
    background = layers.Dense(16, activation="relu")(person)
    leanings = layers.Flatten()(layers.Embedding(7, 4)(views))
    leanings = layers.Dense(16, activation="relu")(leanings)
    voter = layers.Dropout(0.2)(layers.concatenate([background, leanings]))
    voter = layers.Dense(32, activation="relu")(voter)
    party = layers.Dense(7, activation="softmax", name="party")(voter)
    vote = layers.Dense(1, activation="sigmoid", name="vote")(voter)
    return keras.Model([person, views], [party, vote])
