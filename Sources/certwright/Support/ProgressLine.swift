import Foundation
import Reconciler
import Synchronization

/// One line on standard error that shows how far an apply has come; only on a terminal.
final class ProgressLine: Sendable {
  private struct Shown {
    var step: RunProgress.Step?
    var began = Date()
    var last = Date.distantPast
  }

  private static let shortest = 0.1
  private let shown = Mutex(Shown())

  /// nil where nobody watches.
  static func observer(isWanted: Bool) -> ProgressLine? {
    isWanted && Terminal.isErrorTerminal ? ProgressLine() : nil
  }

  func show(_ progress: RunProgress) {
    let text = shown.withLock { shown -> String? in
      let now = Date()
      if shown.step != progress.step {
        shown.step = progress.step
        shown.began = now
      }
      let isLast = progress.done == progress.total
      guard isLast || now.timeIntervalSince(shown.last) >= Self.shortest else { return nil }
      shown.last = now
      return Self.text(progress, elapsed: now.timeIntervalSince(shown.began))
    }
    if let text { Terminal.writeProgress(text) }
  }

  /// Clears the line before results are written.
  func finish() { Terminal.writeProgress("") }

  private static func text(_ progress: RunProgress, elapsed: TimeInterval) -> String {
    guard progress.total > 0 else { return progress.step.rawValue }
    var text = "\(progress.step.rawValue) \(progress.done) of \(progress.total)"
    guard elapsed >= 1, progress.done > 0 else { return text }
    let rate = Double(progress.done) / elapsed
    let left = Double(progress.total - progress.done) / rate
    text += ", \(Int(rate)) a second, \(Int(left.rounded(.up))) s left"
    return text
  }
}
