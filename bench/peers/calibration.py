"""What a user of NumPy and scikit-learn would write."""

import numpy as np


def ece_bincount(p, y):
    edges = np.linspace(0, 1, 16)
    b = np.clip(np.digitize(p, edges[1:-1], right=True), 0, 14)
    n = np.bincount(b, minlength=15)
    gap = np.abs(np.bincount(b, weights=y, minlength=15) - np.bincount(b, weights=p, minlength=15))
    return gap.sum() / n.sum()


def ece_multiply(p, y):
    b = np.minimum((p * 15).astype(np.int64), 14)
    gap = np.abs(np.bincount(b, weights=y, minlength=15) - np.bincount(b, weights=p, minlength=15))
    return gap.sum() / len(p)


def ece_sklearn(p, y):
    from sklearn.calibration import calibration_curve

    return calibration_curve(y, p, n_bins=15)


def isotonic_sklearn(p, y):
    from sklearn.isotonic import IsotonicRegression

    return IsotonicRegression(out_of_bounds="clip").fit(p, y)


def ece_bootstrap_numpy(p, y):
    rng = np.random.default_rng(0)
    b = np.minimum((p * 15).astype(np.int64), 14)
    residual = y - p
    values = []
    for _ in range(1000):
        i = rng.integers(0, len(p), len(p))
        values.append(np.abs(np.bincount(b[i], weights=residual[i], minlength=15)).sum() / len(p))
    return np.quantile(values, [0.025, 0.975])


def temperature_scipy(logits, labels):
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    z = logits.reshape(len(labels), -1)
    at = z[np.arange(len(labels)), labels]

    def loss(t):
        return np.mean(logsumexp(z / t, axis=1) - at / t)

    return minimize_scalar(loss, bounds=(0.05, 20), method="bounded").x


def temperature_lbfgs(logits, labels):
    import torch

    torch.set_num_threads(1)
    z = torch.from_numpy(logits.reshape(len(labels), -1))
    target = torch.from_numpy(labels.astype(np.int64))
    t = torch.ones(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([t], max_iter=50, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(z / t, target)
        loss.backward()
        return loss

    optimiser.step(closure)
    return t.item()
