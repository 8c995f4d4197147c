"""Imported by Python at start-up when its folder is in PYTHONPATH: requests trust the test's authority.

`requests` takes REQUESTS_CA_BUNDLE for `Session.get` and its like, but not for a request that is prepared and
then sent, which is what airbyte-cdk and tap-hubspot do; those trust what `certifi` names.
"""

import os

import certifi

certifi.where = lambda: os.environ["SSL_CERT_FILE"]
