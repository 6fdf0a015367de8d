// The library as its users see it: what the modules below make public, under one name. The rest of them is `package`.
@_exported public import NegativeSpaceEvaluation
@_exported public import NegativeSpaceLearning
@_exported public import NegativeSpacePipelines
@_exported public import NegativeSpaceRewards
@_exported public import NegativeSpaceSampling
