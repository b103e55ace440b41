//! Rehearsals: a local instance served over Kestra's HTTP API, to practise on without a Kestra.
