/// Versions, resources, describe and limits.
extension OrgState {
    /// `GET /services/data`: no token, not counted (REST API Developer Guide, "Versions").
    func versions() -> APIResponse {
        let list: [JSON] = (Self.versionMin...Self.versionMax).map { version in
            [
                "label": .string(Self.label(version)),
                "url": .string("/services/data/v\(version).0"),
                "version": .string("\(version).0"),
            ]
        }
        return APIResponse(200, .json(.array(list)))
    }

    /// v31 was Summer '14; three releases a year, Winter bearing the next year's number.
    private static func label(_ version: Int) -> String {
        let index = version - versionMin + 1
        let season = ["Spring", "Summer", "Winter"][index % 3]
        return "\(season) '\(14 + index / 3 + (index % 3 == 2 ? 1 : 0))"
    }

    func resources(_ version: String) -> APIResponse {
        let names = ["sobjects", "query", "queryAll", "composite", "limits", "jobs"]
        var members = names.map {
            JSON.Member($0, .string("/services/data/\(version)/\($0)"))
        }
        let identity = "\(baseURL)/id/\(organizationID)/\(userID)"
        members.append(JSON.Member("identity", .string(identity)))
        return APIResponse(200, .json(.object(members)))
    }

    /// `GET /limits` (recorded members; only the daily API requests move).
    func limits() -> APIResponse {
        let remaining = max(0, allowance.max - allowance.used)
        func limit(_ max: Int, _ remaining: Int) -> JSON {
            ["Max": .int(max), "Remaining": .int(remaining)]
        }
        return APIResponse(
            200,
            .json([
                "DailyApiRequests": limit(allowance.max, remaining),
                "DailyBulkApiBatches": limit(15_000, max(0, 15_000 - bulk.batchCount)),
                "DailyBulkV2QueryJobs": limit(10_000, 10_000),
                "DataStorageMB": limit(1_024, 1_024), "FileStorageMB": limit(1_024, 1_024),
            ]))
    }

    func describeGlobal(_ call: RoutedCall) -> APIResponse {
        let objects = schema.objects.map {
            DescribeDocument.summary($0, version: call.version)
        }
        return cached(
            call, schemaChangedAt,
            [
                "encoding": "UTF-8", "maxBatchSize": .int(CollectionCall.recordCountMax),
                "sobjects": .array(objects),
            ])
    }

    func describe(_ name: String, _ call: RoutedCall) throws(Refusal) -> APIResponse {
        let object = try object(name)
        let fields = object.fields.filter { visibility.shows($0, of: object) }
        return cached(
            call, changedAt(object),
            DescribeDocument.describe(object, fields: fields, version: call.version))
    }

    /// Adds `ETag` and `Last-Modified`, and answers 304 to a reader that has the current version
    /// (REST API Developer Guide, "Get Object Metadata Changes"; recorded inside composite).
    private func cached(
        _ call: RoutedCall, _ changedAt: Int64, _ body: @autoclosure () -> JSON
    ) -> APIResponse {
        let modified = Instant.formatHTTP(changedAt)
        let tag = "\"\(String(UInt64(changedAt), radix: 16))\""
        var isCurrent = call.request.headers["if-none-match"] == tag
        if let since = call.request.headers["if-modified-since"].flatMap(Instant.parseHTTP) {
            isCurrent = changedAt <= since
        }
        let answer = isCurrent ? APIResponse(304) : APIResponse(200, .json(body()))
        return answer.adding("ETag", tag).adding("Last-Modified", modified)
    }
}
