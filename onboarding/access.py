"""What it takes to change a row of this app; "" stands for every model without a line of its own."""

from people.rights import Right

TO_CHANGE = {"": Right.PREPARE, "employeeidentity": Right.IDENTITY}
