package import Registry
package import Topology

extension MergePolicies {
    /// What a topology declares.
    package init(_ declared: MergeDeclaration) {
        self.init(
            MergePolicy(declared.policy), applications: declared.applications.mapValues(MergePolicy.init))
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
