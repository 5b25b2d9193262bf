import Git
import PKI

/// Unites two published commits that both recorded something: the ledgers only grow, so what is in
/// either is in the union. What is rendered stays as the first commit has it: the plan on top of the
/// union renders it again.
struct LedgerUnion {
  let options: Options?

  private static let trailer = "Ledger-Union"

  static func isUnion(_ commit: CommitInfo) -> Bool { commit.trailer(trailer) != nil }

  func commit(
    _ first: ObjectID, _ second: ObjectID, in clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID {
    throw .invalid("no union yet", hint: nil)
  }
}
