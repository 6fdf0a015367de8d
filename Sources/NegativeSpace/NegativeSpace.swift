// The library as its users see it: the public parts of the modules below, under one name. The rest is `package`.
@_exported public import NegativeSpaceEvaluation
@_exported public import NegativeSpaceLearning
@_exported public import NegativeSpacePipelines
@_exported public import NegativeSpaceRewards
@_exported public import NegativeSpaceSampling
@_exported public import NegativeSpaceTables
@_exported public import NegativeSpaceWriters
