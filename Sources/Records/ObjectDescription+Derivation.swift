extension ObjectDescription {
    /// The fields that writing `field` sets to values of its own, unless the same call writes them.
    ///
    /// Salesforce sets an opportunity's probability and forecast category by its stage (Object
    /// Reference, "Opportunity"). A value of ours that agrees now must then go along, or it is lost
    /// in the save that does not mention it.
    package func fieldsReset(by field: String) -> Set<String> {
        switch (name, field) {
        case ("Opportunity", "StageName"): ["Probability", "ForecastCategoryName"]
        default: []
        }
    }
}

extension FieldDescription {
    /// Whether a create must send null to leave the field empty: left out, it gets a default.
    package var needsNullOnCreate: Bool {
        isDefaultedOnCreate && isNillable && isCreateable
    }
}
