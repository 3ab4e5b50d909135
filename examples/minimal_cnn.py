"""The minimal CNN from scratch: every layer, the loss and gradient descent, written out."""

import numpy as np

import tinygrad_edu as tge
from tinygrad_edu.data import Augment, DataLoader, load_digits

train, test = load_digits()
rng = np.random.default_rng(0)


def uniform(*shape, fan_in):
    bound = fan_in**-0.5
    return tge.tensor(rng.uniform(-bound, bound, shape), requires_grad=True, dtype=np.float32)


kernels, kernel_bias = uniform(8, 1, 3, 3, fan_in=9), uniform(8, fan_in=9)
weight, bias = uniform(10, 8 * 26 * 26, fan_in=5408), uniform(10, fan_in=5408)
parameters = [kernels, kernel_bias, weight, bias]


def network(images):
    features = tge.relu(tge.conv2d(images, kernels, kernel_bias))  # (n, 8, 26, 26)
    return tge.flatten(features, start_axis=1) @ weight.T + bias  # (n, 10) scores


for epoch in range(10):
    rate = 0.05 * (1 - epoch / 10)
    for images, labels in DataLoader(train, batch_size=16, seed=epoch, augment=Augment()):
        loss = tge.cross_entropy(network(tge.Tensor(images)), labels)
        loss.backward()
        for p in parameters:
            p.data = p.data - rate * p.grad.data  # gradient descent
            p.grad = None
    with tge.no_grad():
        guesses = network(tge.Tensor(test.images)).data.argmax(axis=1)
    print(f"epoch {epoch + 1}: loss {loss.item():.3f}, test accuracy {(guesses == test.labels).mean():.1%}")
