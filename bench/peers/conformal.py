"""What a user of NumPy would write."""

import numpy as np


def aps_sets(probabilities, labels):
    p = probabilities.reshape(len(labels), -1)
    order = np.argsort(-p, axis=1)
    mass = np.cumsum(np.take_along_axis(p, order, axis=1), axis=1)
    rank = np.argmax(order == labels[:, None], axis=1)
    scores = mass[np.arange(len(labels)), rank]
    n = len(labels) // 2
    q = np.quantile(scores[:n], np.ceil((n + 1) * 0.9) / n, method="higher")
    inside = np.zeros(p.shape, bool)
    np.put_along_axis(inside, order, mass <= q, axis=1)
    return inside
