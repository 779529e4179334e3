-- wrk: every request submits one job with 200 bytes of arguments, of a kind that a worker to come will have. How many
-- were stored is read back from the server, so nothing is counted here.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"kind":"bench.nothing","unknownKind":"wait","arguments":{"payload":"' .. string.rep("x", 186) .. '"}}'
