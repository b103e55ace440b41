"""Kestra's Python client of 1.0 against a rehearsal: URL, username and password are the arguments.

That release of the client sends no credentials to /tenants, because its OpenAPI document forgot them there; they are
given as a header of every request.
"""

import base64
import sys

import kestrapy
from kestrapy.exceptions import NotFoundException

url, username, password = sys.argv[1:]
client = kestrapy.ApiClient(kestrapy.Configuration(host=url, username=username, password=password))
credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
client.default_headers["Authorization"] = f"Basic {credentials}"


def tenant(name):
    off = kestrapy.Isolation(denied_services=[], enabled=False)
    return kestrapy.Tenant(
        id="peer",
        name=name,
        deleted=False,
        storage_isolation=off,
        secret_isolation=off,
        worker_group=kestrapy.WorkerGroup(),
        storage_type="local",
        storage_configuration={},
        secret_type="jdbc",
        secret_read_only=False,
        secret_configuration={},
        require_existing_namespace=False,
        outputs_in_internal_storage=False,
    )


print(kestrapy.MiscApi(client).get_configuration().version)

tenants = kestrapy.TenantsApi(client)
created = tenants.create(tenant=tenant("Peer"))
assert (created.id, created.name) == ("peer", "Peer"), created
assert tenants.get(id="peer").name == "Peer"
updated = tenants.update(id="peer", tenant=tenant("Peer, renamed"))
assert updated.name == "Peer, renamed", updated
found = tenants.find(page=1, size=25, sort=["id:asc"], q="peer")
assert found.total == 1 and found.results[0].id == "peer", found

users = kestrapy.UsersApi(client)
users.create_user(
    kestrapy.IAMUserControllerApiCreateOrUpdateUserRequest(
        email="peer@acme.test",
        first_name="Pia",
        last_name="Peer",
        password="Peer-1-word",
        tenants=["peer"],
        groups=[],
        super_admin=False,
        restricted=False,
    )
)
listed = users.list_users(page=1, size=100)
user = next(user for user in listed.results if user.username == "peer@acme.test")
assert users.get_user(id=user.id).email == "peer@acme.test"

roles = kestrapy.RolesApi(client)
wanted = kestrapy.IAMRoleControllerApiRoleCreateOrUpdateRequest(
    name="peer-reader",
    description="made by a client",
    permissions={"FLOW": ["READ"], "EXECUTION": ["READ", "UPDATE"]},
    is_default=False,
)
role = roles.create_role("peer", wanted)
listed = roles.search_roles(tenant="peer", page=1, size=50, sort=["name:asc"])
assert role.id in [item.id for item in listed.results], listed
assert roles.get_role(id=role.id, tenant="peer").name == "peer-reader"

bindings = kestrapy.BindingsApi(client)
binding = bindings.create_binding(
    "peer",
    kestrapy.IAMBindingControllerApiCreateBindingRequest(
        type="USER", external_id=user.id, role_id=role.id, namespace_id="company.team"
    ),
)
listed = bindings.search_bindings(tenant="peer", page=1, size=10, type=kestrapy.BindingType.USER, id=user.id)
assert [item.id for item in listed.results] == [binding.id], listed
bindings.delete_binding(id=binding.id, tenant="peer")

groups = kestrapy.GroupsApi(client)
group = groups.create_group(
    "peer", kestrapy.IAMGroupControllerApiCreateGroupRequest(name="Peers", description="of ours", membersId=[])
)
groups.add_user_to_group(id=group.id, user_id=user.id, tenant="peer")
members = groups.search_group_members(id=group.id, tenant="peer", page=1, size=10)
assert [member.id for member in members.results] == [user.id], members
groups.delete_group(id=group.id, tenant="peer")

roles.delete_role(id=role.id, tenant="peer")
users.delete_user(id=user.id)
tenants.delete(id="peer")
try:
    tenants.get(id="peer")
    raise AssertionError("a deleted tenant is still there")
except NotFoundException:
    pass
print("done")
