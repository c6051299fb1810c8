// fragment: places_of(keys)
// Where parties are located: by it is decided what is seen, and it is shown to nobody.
UNWIND keys AS key
MATCH (:Party {key: key})-[at_:LOCATED_IN]->(place_:Division)
WHERE held(at_) AND at_.certainty >= 1
RETURN key, place_.key AS place
