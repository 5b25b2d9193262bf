import Foundation

/// Where certwright keeps what must last, unless a flag says otherwise.
enum DataFolder {
  static var path: String {
    let environment = ProcessInfo.processInfo.environment
    let data = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let home = environment["HOME"] ?? NSHomeDirectory()
    return "\(data ?? "\(home)/.local/share")/certwright"
  }
}
