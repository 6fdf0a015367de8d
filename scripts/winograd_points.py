"""How much a 3×3 convolution by Winograd's products loses with one set of points or another, which Sources/CKernels/winograd.c chooses from.

Usage: python scripts/winograd_points.py
Needs torch and sympy. Prints relative L2 errors against float64, computed in float32 and with transformed weights rounded to float16,
beside those of the plain sum in float32 and of one rounding to bfloat16.
"""
import sympy
import torch

POINTS = {
    "F(2×2), 0 ±1": ["0", "1", "-1"],
    "F(4×4), 0 ±1 ±2": ["0", "1", "-1", "2", "-2"],
    "F(4×4), 0 ±1 ±1/2": ["0", "1", "-1", "1/2", "-1/2"],
    "F(4×4), 0 ±3/4 ±3/2": ["0", "3/4", "-3/4", "3/2", "-3/2"],
    "F(4×4), 0 ±5/8 ±3/2": ["0", "5/8", "-5/8", "3/2", "-3/2"],
}


def factors(points):
    """Aᵀ (m, m + 2), G (m + 2, 3) and Bᵀ (m + 2, m + 2) of Toom and Cook's algorithm for these points and infinity."""
    points = [sympy.Rational(p) for p in points]
    size = len(points) + 1
    powers = lambda count: sympy.Matrix(  # noqa: E731
        [[p**j for j in range(count)] for p in points] + [[int(j == count - 1) for j in range(count)]])
    inputs = powers(size).inv().T
    # Each row's common divisor goes to the kernel, as the implementation has it.
    divisors = [1 / inputs[i, size - 2] if i < size - 1 else 1 for i in range(size)]
    scaling = sympy.diag(*divisors)
    matrices = powers(size - 2).T, scaling.inv() * powers(3), scaling * inputs
    return [torch.tensor(matrix.tolist(), dtype=torch.float64) for matrix in matrices]


def convolution(x, kernel, points, rounded):
    """(1, i, m·h, m·w) from x (1, i, m·h + 2, m·w + 2), in float32."""
    outputs, weights, inputs = factors(points)
    m = len(points) - 1
    u = torch.einsum("ij,ocjk,lk->ilco", weights, kernel.double(), weights).float()
    if rounded:
        u = u.half().float()
    tiles = x.unfold(2, m + 2, m).unfold(3, m + 2, m)[0]
    v = inputs.float() @ tiles @ inputs.float().T
    products = torch.einsum("cyxil,ilco->oyxil", v, u)
    y = outputs.float() @ products @ outputs.float().T
    return y.transpose(2, 3).reshape(1, len(kernel), m * y.shape[1], m * y.shape[2])


def main():
    torch.manual_seed(0)
    narrow = lambda values: values.bfloat16().float()  # noqa: E731
    x = narrow(torch.nn.functional.silu(torch.randn(1, 640, 34, 34)))
    kernel = narrow(torch.randn(64, 640, 3, 3) / (9 * 640) ** 0.5)
    exact = torch.nn.functional.conv2d(x.double(), kernel.double())
    error = lambda y: f"{float((y.double() - exact).norm() / exact.norm()):.1e}"  # noqa: E731
    plain = torch.nn.functional.conv2d(x, kernel)
    print("| 640 channels to 64 | float32 | weights in float16 |\n| --- | --- | --- |")
    print(f"| plain sum | {error(plain)} | |\n| rounded to bfloat16 | {error(narrow(plain))} | |")
    for name, points in POINTS.items():
        print(f"| {name} | {error(convolution(x, kernel, points, False))} | {error(convolution(x, kernel, points, True))} |")


if __name__ == "__main__":
    main()
