"""AWS Systems Manager parameters: names under which stacks hand each other ARNs, URLs and names (`edalint.linking.lookups`)."""

from __future__ import annotations

from edalint.services._terraform import translation
from edalint.services.registry import Identity, identities, terraform

identities(
    {
        "AWS::SSM::Parameter": Identity(
            "AWS::SSM::Parameter", "Name", "name", arn="arn:{P}:ssm:{R}:{A}:parameter/{name}", attributes={"Value": "value"}
        )
    }
)
terraform(
    {
        "aws_ssm_parameter": translation(
            "AWS::SSM::Parameter",
            {"name": "Name", "value": "Value", "insecure_value": "Value"},
            {"id": "Ref", "name": "Ref", "arn": "Arn", "value": "Value", "insecure_value": "Value"},
        )
    }
)
