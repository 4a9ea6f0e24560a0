"""The definitions of the fidelity metrics in NumPy, SciPy and torch, as they are usually written."""

import numpy as np
import scipy.linalg
import torch

torch.set_num_threads(1)


def distances(a, b):
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0, out=squares), out=squares)


def radii(a, k):
    return np.partition(distances(a, a), k, axis=1)[:, k]


def _prdc(real, generated, columns, k=5):
    real, generated = (x.reshape(-1, columns).astype(np.float64) for x in (real, generated))
    own, made = radii(real, k), radii(generated, k)
    cross = distances(real, generated)
    return (
        (cross < own[:, None]).any(0).mean(),
        (cross < made[None]).any(1).mean(),
        (cross < own[:, None]).sum(0).mean() / k,
        (cross.min(1) < own).mean(),
    )


def prdc_64(real, generated):
    return _prdc(real, generated, 64)


def prdc_2048(real, generated):
    return _prdc(real, generated, 2048)


def probabilistic(real, generated, k=4, factor=1.2):
    real, generated = (x.reshape(-1, 64).astype(np.float64) for x in (real, generated))
    cross = distances(real, generated)
    own, made = factor * radii(real, k).mean(), factor * radii(generated, k).mean()
    return (
        1 - np.prod(np.minimum(cross / own, 1), axis=0).mean(),
        1 - np.prod(np.minimum(cross / made, 1), axis=1).mean(),
    )


def kid(real, generated, subsets=100, size=1000):
    rng = np.random.default_rng(0)
    real, generated = (x.reshape(-1, 2048) for x in (real, generated))
    kernel = lambda a, b: (a @ b.T / 2048 + 1) ** 3
    found = []
    for _ in range(subsets):
        a = real[rng.choice(len(real), size, replace=False)]
        b = generated[rng.choice(len(generated), size, replace=False)]
        aa, bb, ab = kernel(a, a), kernel(b, b), kernel(a, b)
        pairs = size * (size - 1)
        found.append((aa.sum() - np.trace(aa) + bb.sum() - np.trace(bb)) / pairs - 2 * ab.mean())
    return np.mean(found)


def cmmd(real, generated, sigma=10):
    real, generated = (torch.from_numpy(x.reshape(-1, 2048)) for x in (real, generated))

    def mean(a, b):
        squares = torch.addmm((b * b).sum(1)[None], a, b.T, alpha=-2).add_((a * a).sum(1)[:, None])
        return squares.mul_(-1 / (2 * sigma * sigma)).exp_().mean()

    return float(1000 * (mean(real, real) + mean(generated, generated) - 2 * mean(real, generated)))


def frechet(real, generated):
    real, generated = (x.reshape(-1, 2048).astype(np.float64) for x in (real, generated))
    a, b = np.cov(real, rowvar=False), np.cov(generated, rowvar=False)
    roots = np.sqrt(np.maximum(scipy.linalg.eigvals(a @ b).real, 0))
    gap = real.mean(0) - generated.mean(0)
    return gap @ gap + np.trace(a) + np.trace(b) - 2 * roots.sum()
