/// Logarithm, sine and cosine in float32 as PyTorch's AVX2 kernels compute them for normal values.
///
/// The polynomials are those of the Cephes library (Moshier), in the vector form known as `avx_mathfun`. PyTorch's
/// builds fuse each multiplication with the addition that follows, so the last bit depends on where that happens:
/// every `addingProduct` below is one fused operation, every plain operator rounds. Correct within 1–2 ulp, which is
/// not the point; being the same is.
enum CephesFloat {
  /// Natural logarithm of a positive, normal `x`.
  static func log(_ x: Float) -> Float {
    // x = mantissa · 2^exponent, mantissa in [√½, √2)
    var mantissa = Float(bitPattern: x.bitPattern & ~0x7F80_0000 | Float(0.5).bitPattern)
    var exponent = Float(Int32(x.bitPattern >> 23) - 126)
    if mantissa < 0.707106781186547524 {
      exponent -= 1
      mantissa = (mantissa - 1) + mantissa
    } else {
      mantissa -= 1
    }

    let square = mantissa * mantissa
    var series: Float = 7.0376836292E-2
    for coefficient in logCoefficients { series = coefficient.addingProduct(series, mantissa) }
    series *= mantissa
    series = (exponent * -2.12194440E-4).addingProduct(series, square)
    series = series.addingProduct(-0.5, square)
    return (mantissa + series).addingProduct(exponent, 0.693359375)
  }

  private static let logCoefficients: [Float] = [
    -1.1514610310E-1, 1.1676998740E-1, -1.2420140846E-1, 1.4249322787E-1, -1.6668057665E-1, 2.0000714765E-1,
    -2.4999993993E-1, 3.3333331174E-1,
  ]

  /// Sine and cosine of a non-negative angle in radians.
  static func sineAndCosine(_ angle: Float) -> (sine: Float, cosine: Float) {
    // To [-π/4, π/4], with π/4 subtracted in three parts.
    let octant = (Int32(angle * 1.27323954473516) + 1) & ~1
    let multiple = Float(octant)
    var x = angle.addingProduct(multiple, -0.78515625)
    x = x.addingProduct(multiple, -2.4187564849853515625E-4)
    x = x.addingProduct(multiple, -3.77489497744594108E-8)

    let square = x * x
    var even: Float = 2.443315711809948E-5
    even = Float(-1.388731625493765E-3).addingProduct(even, square)
    even = Float(4.166664568298827E-2).addingProduct(even, square)
    even *= square
    even = (-(square * 0.5)).addingProduct(even, square) + 1

    var odd: Float = -1.9515295891E-4
    odd = Float(8.3321608736E-3).addingProduct(odd, square)
    odd = Float(-1.6666654611E-1).addingProduct(odd, square)
    odd *= square
    odd = x.addingProduct(odd, x)

    let (sine, cosine) = octant & 2 == 0 ? (odd, even) : (even, odd)
    return (octant & 4 == 0 ? sine : -sine, (octant &- 2) & 4 == 0 ? -cosine : cosine)
  }
}
