import Git
import PKI

/// Whether the published branch is one that this repository may move.
enum BranchCheck {
  /// - Parameter hasTip: whether there is a published commit, here or at origin.
  static func requireWritable(
    _ branch: String, hasTip: Bool, in repository: borrowing Repository
  ) throws(ReconcileError) {
    let local = try git { () throws(GitError) in
      try repository.reference("refs/heads/\(branch)")
    }
    if local == nil, hasTip {
      throw .invalid(
        "there is no local branch \"\(branch)\", but origin has one",
        hint: "git branch \(branch) origin/\(branch)")
    }
    let folders = try git { () throws(GitError) in
      try repository.worktrees(on: "refs/heads/\(branch)")
    }
    if let folder = folders.first {
      throw .branchCheckedOut(branch: branch, folder: folder)
    }
  }
}
