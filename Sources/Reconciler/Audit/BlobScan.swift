import Git
import PKI

/// Reads the files of a branch, each content once, and finds private keys among them.
struct BlobScan {
  private var seen: Set<ObjectID> = []
  private(set) var count = 0
  private(set) var byteCount = 0
  private(set) var problems: [AuditProblem] = []

  /// The bytes of a file, looked through for keys when they are new.
  ///
  /// - Parameter path: where the file lies, for what is wrong with it.
  /// - Returns: nil when the file cannot be read, which is noted as a problem.
  mutating func read(
    _ id: ObjectID, at path: String, limit: Int, in repository: borrowing Repository
  ) throws(ReconcileError) -> [UInt8]? {
    do throws(GitError) {
      let bytes = try repository.blob(id, limit: limit)
      if seen.insert(id).inserted { examine(bytes, at: path) }
      return bytes
    } catch {
      seen.insert(id)
      problems.append(AuditProblem(path, "cannot be read: \(error.description)", hint: error.hint))
      return nil
    }
  }

  /// Looks through a file that nothing else needs, unless its content has been seen.
  mutating func look(
    at id: ObjectID, path: @autoclosure () -> String, limit: Int,
    in repository: borrowing Repository
  ) throws(ReconcileError) {
    guard !seen.contains(id) else { return }
    _ = try read(id, at: path(), limit: limit, in: repository)
  }

  private mutating func examine(_ bytes: [UInt8], at path: String) {
    count += 1
    byteCount += bytes.count
    guard let finding = PrivateKeyScan.finding(in: bytes) else { return }
    problems.append(
      AuditProblem(
        path, finding,
        hint: "take the key for compromised: revoke its certificates and make a new one"))
  }
}
