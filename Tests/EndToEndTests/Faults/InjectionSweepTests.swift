import Foundation
import Testing

/// Faults at every system call of an apply that touches anything of ours.
///
/// A few dozen cases are run, spread over all of them; with CERTWRIGHT_FULL_SWEEP=1 all are, and
/// with 2 also those that only read.
struct InjectionSweepTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let isFull = ["1", "2"].contains(environment["CERTWRIGHT_FULL_SWEEP"])
  private static let withReading = environment["CERTWRIGHT_FULL_SWEEP"] == "2"
  /// Moves the sample; the same number gives the same cases.
  private static let seed = Int(environment["CERTWRIGHT_SWEEP_SEED"] ?? "") ?? 3
  private static let sampleSize = 16

  private static let cases: [FaultTemplate.Kind: Result<[Injection], any Error>] =
    Dictionary(
      uniqueKeysWithValues: FaultTemplate.Kind.allCases.map { kind in
        (kind, Result { try chosen(kind) })
      })

  /// Names of calls, with commas between them, of a full sweep that shall look at these alone.
  private static let only = environment["CERTWRIGHT_SWEEP_ONLY"]?.split(separator: ",")

  private static func chosen(_ kind: FaultTemplate.Kind) throws -> [Injection] {
    let all = try Injection.all(kind, withReading: withReading)
    try #require(all.count > 200, "\(all.count)")
    if let only { return all.filter { only.contains(Substring($0.call)) } }
    guard !isFull else { return all }
    // Spread over all calls in their order, so that no phase of a run is left out.
    let stride = all.count / sampleSize
    let sample = (0..<sampleSize).map { all[($0 * stride + seed * 7 + $0 % 3) % all.count] }
    // And always the moment at which the branch moves.
    return sample + all.filter { $0.fault == .kill && $0.isDecisive && !sample.contains($0) }
  }

  /// Two halves, for two cores.
  @Test(arguments: FaultTemplate.Kind.allCases, [0, 1])
  func `after any fault the next run converges, nothing is lost and nothing is used twice`(
    kind: FaultTemplate.Kind, half: Int
  ) throws {
    let cases = try #require(Self.cases[kind]).get()
    var count = 0
    for (index, injection) in cases.enumerated() where index % 2 == half {
      let (happened, problems) = try injection.problems()
      if happened { count += 1 }
      #expect(problems.isEmpty, "\(injection)\n\(problems.joined(separator: "\n"))")
    }
    // Threads may shift a few; a sweep that hits nothing would prove nothing.
    #expect(count * 3 >= cases.count, "\(count) of \(cases.count / 2) faults happened")
  }
}
