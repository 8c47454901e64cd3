package import Registry
package import Topology

extension MergePolicies {
    /// What a topology declares.
    package init(_ declared: MergeDeclaration) {
        self.init(
            MergePolicy(declared.policy), applications: declared.applications.mapValues(MergePolicy.init),
            lists: declared.sources.map { list in
                List(of: Set(list.names.map { SourceID($0.rawValue) }), MergePolicy(list.policy))
            })
    }
}

extension MergePolicy {
    fileprivate init(_ declared: MergeDeclaration.Policy) {
        self =
            switch declared {
            case .precedence: .precedence
            case .newest: .newest
            case .oldest: .oldest
            case .union: .union
            }
    }
}
