import Cryptography
import Foundation
import Reconciler

/// Where the key store's passphrase comes from: a file or the environment, never an argument, which
/// every user of the machine can see.
enum PassphraseSource {
  private static let longestFile = 4_096

  static func read(file: String?) throws -> Passphrase? {
    if let file = file ?? EnvironmentVariable.text("passphrase-file") {
      return try passphrase(fromFile: file)
    }
    guard let text = EnvironmentVariable.text("passphrase") else { return nil }
    return try passphrase(Array(text.utf8), from: "CERTWRIGHT_PASSPHRASE")
  }

  /// The passphrase of what is handed out, which is another one than the store's.
  static func read(exportFile file: String?) throws -> Passphrase? {
    if let file = file ?? EnvironmentVariable.text("export-passphrase-file") {
      return try passphrase(fromFile: file)
    }
    guard let text = EnvironmentVariable.text("export-passphrase") else { return nil }
    return try passphrase(Array(text.utf8), from: "CERTWRIGHT_EXPORT_PASSPHRASE")
  }

  private static func passphrase(fromFile path: String) throws -> Passphrase {
    guard let data = FileManager.default.contents(atPath: path), data.count <= longestFile else {
      throw ReconcileError.invalid("the passphrase file \"\(path)\" cannot be read", hint: nil)
    }
    let line = data.prefix { $0 != 0x0a && $0 != 0x0d }
    return try passphrase(Array(line), from: "\"\(path)\"")
  }

  private static func passphrase(_ bytes: [UInt8], from place: String) throws -> Passphrase {
    guard let passphrase = Passphrase(bytes) else {
      throw ReconcileError.invalid("the passphrase in \(place) is empty or too long", hint: nil)
    }
    return passphrase
  }
}
