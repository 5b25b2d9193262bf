import Foundation
package import Git
package import PKI

/// Who runs a command, for records that name a person.
package enum Operator {
  /// git's `user.name <user.email>` where they are set, else the system's user and host.
  package static func name(in repository: borrowing Repository) throws(ReconcileError) -> String {
    let signature = try signature(in: repository, at: Timestamp(seconds: 0))
    return signature.email.isEmpty ? signature.name : "\(signature.name) <\(signature.email)>"
  }

  /// The same as the author of a commit.
  package static func signature(
    in repository: borrowing Repository, at time: Timestamp
  ) throws(ReconcileError) -> CommitInfo.Signature {
    let name = try git { () throws(GitError) in try repository.setting("user.name") }
    let email = try git { () throws(GitError) in try repository.setting("user.email") }
    if let name = printable(name), let email = printable(email) {
      return CommitInfo.Signature(name: name, email: email, time: time)
    }
    let user = printable(NSUserName()) ?? "unknown"
    let host = printable(ProcessInfo.processInfo.hostName) ?? "localhost"
    return CommitInfo.Signature(name: user, email: "\(user)@\(host)", time: time)
  }

  /// What git takes as part of an author, on one line; nil when nothing is left.
  private static func printable(_ text: String?) -> String? {
    let kept = (text ?? "").unicodeScalars.filter { scalar in
      scalar.value >= 0x20 && scalar.value != 0x7f && !"<>".unicodeScalars.contains(scalar)
        && ![.control, .format, .lineSeparator, .paragraphSeparator].contains(
          scalar.properties.generalCategory)
    }
    let line = String(String.UnicodeScalarView(kept)).prefix(200)
    return line.allSatisfy { $0 == " " } ? nil : String(line)
  }
}
