//! What is written as HCL, and that it holds together.

use serde_json::json;

use super::*;

fn snapshot(release: &str) -> Snapshot {
    serde_json::from_value(json!({
        "kestra-admin-snapshot": 1,
        "release": release,
        "users": [
            {"id": "u1", "username": "ana@example.com", "type": "STANDARD", "superadmin": true, "firstName": "Ana"},
            {"id": "s1", "username": "ci", "type": "SERVICE_ACCOUNT", "superadmin": false, "description": "Deploys"},
        ],
        "tenants": [{
            "tenant": {"id": "1a", "name": "${x} %{y} \"q\"\nnext\u{202e}", "storageType": "s3",
                "storageConfiguration": {"bucket": "b", "accessKey": "s3cret", "deep": {"token": "s3cret"}}},
            "roles": [
                {"id": "r1", "name": "Ops / night", "permissions": {"FLOW": ["READ", "CREATE"]}, "isDefault": true},
                {"id": "r2", "name": "ops . night", "permissions": {}},
                {"id": "r3", "name": "Admin", "isManaged": true},
            ],
            "groups": [{"id": "g1", "name": "night", "members": [
                {"userId": "u1", "username": "ana@example.com", "membership": "OWNER"},
                {"userId": "s1", "username": "ci", "membership": "MEMBER"},
            ]}],
            "bindings": [
                {"id": "b1", "type": "GROUP", "externalId": "g1", "name": "night", "roleId": "r1", "roleName": "Ops / night"},
                {"id": "b2", "type": "USER", "externalId": "s1", "name": "ci", "roleId": "r3", "roleName": "Admin",
                 "namespaceId": "prod"},
            ],
            "access": ["u1", "s1"],
        }],
    }))
    .unwrap()
}

#[test]
fn things_refer_to_each_other_and_no_secret_is_told() {
    for release in ["0.21", "1.3", "2.0"] {
        let text = document(&snapshot(release));
        assert!(!text.contains("s3cret"), "{text}");
        for part in [
            r#"  name                = "$${x} %%{y} \"q\"\nnext\u202e""#,
            "resource \"kestra_role\" \"_1a_Ops___night\" {\n  provider = kestra._1a\n",
            "resource \"kestra_role\" \"_1a_ops___night_2\" {",
            "  external_id = kestra_group._1a_night.id\n  role_id     = kestra_role._1a_Ops___night.id\n",
            "  external_id = kestra_service_account.ci.id\n  role_id     = \"r3\" # Admin\n  namespace   = \"prod\"\n",
            "    \"accessKey\" = var._1a_storage_configuration_access_key\n",
            "    \"deep\"      = var._1a_storage_configuration_deep\n",
            "variable \"_1a_storage_configuration_deep\" {\n  type      = string\n  sensitive = true\n}\n",
            "import {\n  to = kestra_binding._1a_ci_Admin\n  id = \"b2\"\n}\n",
        ] {
            assert!(
                text.replace("  name         = ", "  name                = ")
                    .contains(part),
                "{part}\n{text}"
            );
        }
        assert_eq!(text.contains("~> 0.22"), release == "0.21");
        assert_eq!(text.contains("kestra_user_group_membership"), release != "0.21");
        assert_eq!(text.contains("kestra_user_tenant_access"), release == "2.0");
    }
}

#[test]
fn every_reference_is_to_a_resource_that_is_there() {
    for release in ["0.21", "1.3", "2.0"] {
        let text = document(&snapshot(release));
        let mut declared = HashSet::new();
        for line in text.lines().filter(|line| line.starts_with("resource ")) {
            let words: Vec<&str> = line.split('"').collect();
            assert!(declared.insert(format!("{}.{}", words[1], words[3])), "twice: {line}");
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        for line in text
            .lines()
            .filter(|line| !line.contains('"') && line.contains("kestra_"))
        {
            let (_, from) = line.split_at(line.find("kestra_").unwrap());
            let named: String = from.chars().take_while(|c| is_name(*c)).collect();
            let named = named.trim_end_matches(".id");
            assert!(declared.contains(named), "{line}");
        }
    }
}

#[test]
fn a_tenant_alone_is_escaped_and_complete() {
    let tenant: Tenant = serde_json::from_value(json!({
        "id": "dev", "name": "O'Neill ${x} \"dev\"",
        "workerGroup": {"key": "gpu", "fallback": "WAIT"},
        "storageType": "s3", "storageConfiguration": {"bucket": "b", "port": 9000},
        "secretType": "vault", "secretConfiguration": {"address": "https://v", "token": "s3cret"},
        "requireExistingNamespace": true,
        "sdkDefaultAuthentication": {"apiToken": "s3cret"},
        "appCatalogConfig": {"title": "T"},
    }))
    .unwrap();
    assert_eq!(
        super::tenant(&tenant),
        r#"resource "kestra_tenant" "dev" {
  tenant_id    = "dev"
  name         = "O'Neill $${x} \"dev\""
  storage_type = "s3"
  storage_configuration = {
    "bucket" = "b"
    "port"   = "9000"
  }
  secret_type = "vault"
  secret_configuration = {
    "address" = "https://v"
    "token"   = var.secret_configuration_token
  }
  require_existing_namespace = true

  worker_group {
    key      = "gpu"
    fallback = "WAIT"
  }
  # the provider has no attribute for: sdkDefaultAuthentication, appCatalogConfig
}"#
    );
}
