import ArgumentParser
import Foundation

/// Where certwright keeps what can be made again, unless a flag says otherwise.
enum CacheFolder {
  static var path: String {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let home = environment["HOME"] ?? NSHomeDirectory()
    return "\(cache ?? "\(home)/.cache")/certwright"
  }

  /// This very program: its version, and the size and time of its file. Any other build may read or
  /// decide otherwise, so nothing that one has remembered counts for another.
  static var program: String {
    let manager = FileManager.default
    let file = (try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let attributes = (try? manager.attributesOfItem(atPath: file)) ?? [:]
    let size = attributes[.size] as? Int ?? 0
    let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(Certwright.configuration.version), \(size) bytes of \(time)"
  }
}
