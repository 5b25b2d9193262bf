/// How far a run has come, for people who wait for it.
package struct RunProgress: Sendable {
  package enum Step: String, Sendable {
    case keys = "making keys"
    case signing = "signing"
    case checking = "checking"
    case publishing = "publishing"
  }

  package let step: Step
  package let done: Int
  /// 0 when it is not known beforehand.
  package let total: Int

  package typealias Observer = @Sendable (RunProgress) -> Void
}
