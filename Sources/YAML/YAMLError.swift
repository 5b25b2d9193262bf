package import PKI

/// Why a file is not usable: everything that was found in it, in file order, never empty.
///
/// A syntax error ends the reading, so it is the last finding of its file; everything else
/// (duplicate keys, tags, anchors, ...) is collected up to ``YAMLReader/findingLimit``.
package struct YAMLError: Error, Hashable {
  package let findings: [Finding]

  init(_ first: Finding, _ others: [Finding] = []) {
    findings = ([first] + others).sorted()
  }
}
