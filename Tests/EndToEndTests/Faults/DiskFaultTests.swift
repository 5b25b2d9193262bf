import Foundation
import Testing

/// Disks that are full, have no inodes left or cannot be written.
struct DiskFaultTests {
  /// Runs certwright on a small disk of its own and brings back what it left there.
  ///
  /// The disk is mounted in a namespace of its own, as root or as an ordinary user; where neither is
  /// possible the test fails.
  ///
  /// - Parameter spoil: shell commands that take away what the run needs; `$PWD` is the disk.
  private func outcome(
    of spoil: String, _ kind: FaultTemplate.Kind
  ) throws -> (place: FaultCase, before: String?, outcome: Outcome) {
    let place = try FaultTemplate.of(kind).copy()
    let before = try place.tip
    let script = """
      set -eu
      case=$1; program=$2
      mkdir "$case/disk"
      mount -t tmpfs -o size=64m,mode=0755 tmpfs "$case/disk"
      cp -a "$case/repository" "$case/disk/repository"
      [ ! -e "$case/keys" ] || cp -a "$case/keys" "$case/disk/keys"
      mkdir "$case/disk/tmp"
      cd "$case/disk"
      \(spoil)
      cd repository
      set +e
      CERTWRIGHT_KEYS="$case/disk/keys" TMPDIR="$case/disk/tmp" \
        "$program" apply --auto-approve --allow authorities=2
      code=$?
      set -e
      mount -o remount,rw,size=64m,nr_inodes=0 "$case/disk"
      rm -rf "$case/repository" "$case/keys"
      cp -a "$case/disk/repository" "$case/repository"
      [ ! -e "$case/disk/keys" ] || cp -a "$case/disk/keys" "$case/keys"
      cp -a "$case/disk/tmp/." "$case/tmp"
      cd / && umount "$case/disk" && rmdir "$case/disk"
      exit $code
      """
    let namespace = getuid() == 0 ? ["unshare", "-m"] : ["unshare", "-rm"]
    let outcome = try Program.run(
      namespace + ["sh", "-c", script, "sh", place.folder.root.path, Program.certwright],
      in: place.folder.root)
    try #require(
      !FileManager.default.fileExists(atPath: place.folder.url("disk").path),
      "no disk could be mounted here: \(outcome.errors)")
    return (place, before, outcome)
  }

  private func expectSound(
    _ spoil: String, _ kind: FaultTemplate.Kind, fails: Bool, says: String? = nil
  ) throws {
    let (place, before, outcome) = try outcome(of: spoil, kind)
    if fails { #expect(outcome.code == 1, "\(outcome.output)\(outcome.errors)") }
    if let says { #expect(outcome.errors.contains(says), "\(outcome.errors)") }
    let problems = try place.problems(after: outcome, from: before)
    #expect(problems.isEmpty, "\(spoil): \(problems.joined(separator: "\n"))")
  }

  @Test(arguments: FaultTemplate.Kind.allCases, [0, 8, 16, 24, 32, 48, 64])
  func `a disk with little room left`(kind: FaultTemplate.Kind, kilobytes: Int) throws {
    try expectSound(
      """
      room=$(df -k --output=avail . | tail -1)
      dd if=/dev/zero of=filler bs=1k count=$((room - \(kilobytes))) 2>/dev/null
      """, kind, fails: kilobytes == 0, says: kilobytes == 0 ? "No space left on device" : nil)
  }

  @Test(arguments: FaultTemplate.Kind.allCases, [0, 1, 2, 3, 5, 8])
  func `a disk with few inodes left`(kind: FaultTemplate.Kind, inodes: Int) throws {
    // tmpfs takes back inodes lazily; what is in use is what it counts.
    try expectSound(
      """
      used=$(df --output=iused . | tail -1)
      mount -o remount,size=64m,nr_inodes=$((used + \(inodes))) "$PWD"
      """, kind, fails: inodes == 0)
  }

  @Test(arguments: FaultTemplate.Kind.allCases)
  func `a disk that cannot be written`(kind: FaultTemplate.Kind) throws {
    try expectSound(
      "mount -o remount,ro \"$PWD\"", kind, fails: true, says: "Read-only file system")
  }
}
