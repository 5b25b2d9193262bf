import CLibGit2
import Glibc
import PKI

/// The loose objects below one `objects` folder: `objects/ab/cdef...`.
struct LooseFolder {
  /// Without a slash at the end.
  let path: String

  enum Failure: Error {
    case damage(LooseObject.Damage)
    case system(GitError)
  }

  /// The file that an object has when it is loose.
  func file(of id: ObjectID) -> String {
    let hex = Hex.encode(id.bytes)
    return "\(path)/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  /// The object with this id; nil when there is no such file. The id itself is not verified here:
  /// libgit2 hashes what a backend hands it.
  func read(_ id: ObjectID) throws(Failure) -> LooseObject? {
    let file = file(of: id)
    let bytes: [UInt8]?
    do throws(GitError) {
      bytes = try DiskFile.read(file, limit: LooseObject.largest)
    } catch { throw .system(error) }
    guard let bytes else { return nil }
    do throws(LooseObject.Damage) {
      return try LooseObject(file: bytes)
    } catch { throw .damage(error) }
  }

  func contains(_ id: ObjectID) -> Bool {
    unsafe access(file(of: id), F_OK) == 0
  }

  /// At most two ids that begin with these digits, of which there are at least two: more would not
  /// change the answer, which is "ambiguous".
  func ids(beginningWith digits: String) -> [ObjectID] {
    guard digits.utf8.count >= 2, let folder = unsafe opendir("\(path)/\(digits.prefix(2))") else {
      return []
    }
    defer { unsafe closedir(folder) }
    var found: [ObjectID] = []
    while found.count < 2, let entry = unsafe readdir(folder) {
      let name = String(digits.prefix(2)) + DiskFile.name(of: unsafe entry.pointee)
      guard name.hasPrefix(digits), let bytes = Hex.decode(name), let id = ObjectID(bytes) else {
        continue
      }
      found.append(id)
    }
    return found
  }
}
